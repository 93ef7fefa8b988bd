package transfer

import (
	"bufio"
	"context"
	"io"
	"sync"

	"segmentql/db"
	"segmentql/filter"
)

// ExportBuffer is how many bytes of an export are written at once, the last ones excepted.
const ExportBuffer = 64 << 10

// ExportOptions say how contacts are written.
type ExportOptions struct {
	Format Format // JSONLines or CSV

	// Columns are what is written of each contact: paths such as email, custom.plan and createdAt, or id, or custom for
	// all that is below it. Without any these are what an import takes: the standard fields that a file can give, and the
	// custom fields.
	Columns []string

	// Progress, where it is set, is called after each contact with the number of those that were written.
	Progress func(rows int64)
}

// contactWriter writes contacts one after the other. Its begin is called before the first, when it is settled which
// contacts there are.
type contactWriter interface {
	begin(known *db.Catalogue) error
	write(c *db.Contact) error
	end() error
}

// Export writes to w every contact that matches, by ID and so the oldest first, all as of one moment, and returns how
// many there were. Memory does not grow with their number. It fails with BadInput and UnknownField for wrong options,
// before it writes anything; what w fails with is returned as it is.
func Export(ctx context.Context, ws db.Workspace, n filter.Node, w io.Writer, o ExportOptions) (rows int64, err error) {
	known, err := ws.Catalogue(ctx)
	if err != nil {
		return 0, err
	}
	chosen, err := parseColumns(o.Columns, known)
	if err != nil {
		return 0, err
	}
	buffer := bufio.NewWriterSize(w, ExportBuffer)
	var out contactWriter
	switch o.Format {
	case JSONLines:
		out = newJSONLinesWriter(buffer, chosen)
	case CSV:
		out = newCSVWriter(buffer, chosen)
	case Detect, JSONArray:
	}
	if out == nil {
		return 0, db.Errorf(db.BadInput, "%q is not a format of exports; they are %s and %s", o.Format, CSV, JSONLines).At("format")
	}
	begin := sync.OnceValue(func() error {
		// Contacts are never ahead of the catalogue, so one that is read now knows the fields of all that are to come.
		known, err := ws.Catalogue(ctx)
		if err != nil {
			return err
		}
		return out.begin(known)
	})
	err = ws.EachContact(ctx, n, func(c *db.Contact) error {
		if err := begin(); err != nil {
			return err
		}
		if err := out.write(c); err != nil {
			return err
		}
		rows++
		if o.Progress != nil {
			o.Progress(rows)
		}
		return nil
	})
	if err == nil {
		err = begin()
	}
	if err == nil {
		err = out.end()
	}
	if err == nil {
		err = buffer.Flush()
	}
	return rows, err
}
