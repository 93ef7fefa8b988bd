package transfer

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the preview for a terminal.
func (p *Preview) WriteText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	kind := strings.Join([]string{string(p.Format), string(p.Encoding)}, ", ")
	if p.Delimiter != "" {
		kind += ", separated by " + p.Delimiter
	}
	_, _ = fmt.Fprintf(w, "%s\n\nSOURCE\tBECOMES\tTYPES\t\n", kind)
	for _, c := range p.Columns {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Source, c.Target, strings.Join(c.Types, ", "), c.remark())
	}
	_, _ = fmt.Fprint(w, "\nROW\t\t\n")
	for _, r := range p.Rows {
		text := r.Reason
		if r.Contact != nil {
			document, err := json.Marshal(r.Contact)
			if err != nil {
				return err
			}
			text = string(document)
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\n", r.Row, r.Outcome, text)
	}
	for _, warning := range p.Warnings {
		_, _ = fmt.Fprintf(w, "\nwarning: %s\n", warning)
	}
	return w.Flush()
}

func (c Column) remark() string {
	var remarks []string
	if c.Guessed {
		remarks = append(remarks, "guessed")
	}
	if c.LooksLike != "" {
		remarks = append(remarks, "looks like "+c.LooksLike)
	}
	if c.Declared {
		remarks = append(remarks, "to be declared")
	}
	return strings.Join(remarks, ", ")
}
