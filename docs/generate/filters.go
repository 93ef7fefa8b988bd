package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// condition is a member of FilterInput with its operators.
type condition struct {
	Name, About string
	Operators   []operatorEntry
}

type operatorEntry struct {
	filter.Operator
	Says, Filter, Query string
}

func filtersPage(fields *db.Catalogue) (string, error) {
	var conditions []condition
	for _, m := range filter.Members() {
		c := condition{Name: m.Name, About: about(m)}
		for _, op := range filter.Operators() {
			if op.Condition != m.Name {
				continue
			}
			entry, err := describe(op, fields)
			if err != nil {
				return "", fmt.Errorf("%s.%s: %w", op.Condition, op.Name, err)
			}
			c.Operators = append(c.Operators, entry)
		}
		if len(c.Operators) > 0 {
			conditions = append(conditions, c)
		}
	}
	var standard []string
	for _, f := range filter.StandardFields() {
		standard = append(standard, "`"+f.Name+"`")
	}
	return execute("filters.md.tmpl", map[string]any{
		"Members": filter.Members(), "Conditions": conditions, "Standard": strings.Join(standard, ", "),
		"Limits": filter.DefaultLimits(), "MaxAmount": filter.MaxAmount, "EarthRadius": filter.EarthRadius, "Format": filter.Format,
		"MaxNestedAny": filter.MaxNestedAny, "MaxSize": filter.MaxSize, "Present": present().Format("2 January 2006, 15:04 MST"),
	})
}

func capitalised(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// about says what a condition is about and what it takes beside its operators.
func about(m filter.Member) string {
	text := capitalised(m.Meaning) + "."
	if len(m.Modifiers) == 0 {
		return text
	}
	return text + " Beside its operators it takes `" + strings.Join(m.Modifiers, "`, `") + "`."
}

func describe(op filter.Operator, fields *db.Catalogue) (operatorEntry, error) {
	entry := operatorEntry{Operator: op, Says: capitalised(op.Meaning)}
	switch {
	case op.Negates != "":
		entry.Says += ": the exact complement of `" + op.Negates + "`"
	case op.AsksOneValue():
		entry.Says = "Some value " + op.Meaning
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(op.ExampleFilter())))
	decoder.UseNumber()
	var input any
	if err := decoder.Decode(&input); err != nil {
		return entry, err
	}
	n, err := filter.Parser{Fields: fields, Segments: examples{}, Now: present()}.Parse(input, op.Condition)
	if err != nil {
		return entry, err
	}
	entry.Filter, entry.Query, err = shown(op.ExampleFilter(), n, fields)
	return entry, err
}

// examples are the segments to which examples refer: all of them are those who are tagged vip.
type examples struct{}

func (examples) Segment(string) (filter.SavedFilter, bool, error) {
	input := filter.Object{"list": filter.Object{"path": "tags", "hasAny": []any{"vip"}}}
	return filter.SavedFilter{Name: "VIP", Input: input}, true, nil
}
