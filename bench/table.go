package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is a title, a header and rows of as many cells.
type table struct {
	title  string
	header []string
	rows   [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// text writes the table for a terminal.
func (t *table) text(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "\n%s\n", t.title); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.header}, t.rows...) {
		if _, err := fmt.Fprintln(w, "  "+strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// markdown writes the table as Markdown, with all but the first column as numbers.
func (t *table) markdown(out io.Writer) error {
	rule := "|---|" + strings.Repeat("---:|", len(t.header)-1)
	lines := []string{"", "**" + t.title + "**", "", markdownRow(t.header), rule}
	for _, row := range t.rows {
		lines = append(lines, markdownRow(row))
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

func markdownRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }
