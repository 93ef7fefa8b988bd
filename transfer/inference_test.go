package transfer_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/transfer"
)

// declared returns the declarations in the form custom.age NUMBER.
func declared(summary transfer.Summary) []string {
	var all []string
	for _, d := range summary.Declared {
		all = append(all, fmt.Sprint(d.Path, " ", d.Type))
	}
	return all
}

// column makes a CSV file with the values in a column named v.
func column(values ...string) string {
	text := "email,v\n"
	for i, v := range values {
		text += fmt.Sprintf("c%d@b.cd,\"%s\"\n", i, v)
	}
	return text
}

var documentStart = regexp.MustCompile(`(?m)^\{`)

func TestInferTypes(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"days":                        {`{"v":"2024-05-06"}`, []string{"custom.v DATE"}},
		"instants":                    {`{"v":"2024-05-06T00:00:00Z"}` + "\n" + `{"v":"2024-05-06T00:00:00.5+02:00"}`, []string{"custom.v DATETIME"}},
		"instants as text and not":    {`{"v":"2024-05-06T00:00:00Z"}` + "\n" + `{"v":{"$date":0}}`, []string{"custom.v DATETIME"}},
		"instants not as text":        {`{"v":{"$date":0}}`, nil},
		"days and instants":           {`{"v":"2024-05-06"}` + "\n" + `{"v":"2024-05-06T00:00:00Z"}`, nil},
		"days and other text":         {`{"v":"2024-05-06"}` + "\n" + `{"v":"soon"}`, nil},
		"days and numbers":            {`{"v":"2024-05-06"}` + "\n" + `{"v":5}`, nil},
		"days, blank and null":        {`{"v":"2024-05-06"}` + "\n" + `{"v":" "}` + "\n" + `{"v":null}`, []string{"custom.v DATE"}},
		"no such day":                 {`{"v":"2023-02-29"}`, nil},
		"text of numbers in JSON":     {`{"v":"5"}`, nil},
		"within lists":                {`{"v":[{"at":"2024-05-06"},{"at":"2024-05-07"}],"w":["2024-05-06"]}`, []string{"custom.v.at DATE", "custom.w DATE"}},
		"a key that no contact has":   {`{"a.b":"2024-05-06"}`, nil},
		"standard fields":             {`{"firstName":"2024-05-06"}`, nil},
		"numbers":                     {column("1", "-2.50", "0", "0.00", "", "9007199254740993"), []string{"custom.v NUMBER"}},
		"leading zeros":               {column("1", "007"), nil},
		"plus":                        {column("+1"), nil},
		"thousands":                   {column("1,000"), nil},
		"exponents":                   {column("12E5"), nil},
		"too long for a number":       {column("12345678901234567890"), nil},
		"too long for a fraction":     {column("0.12345678901234567890"), nil},
		"truth values":                {column("true", "FALSE", " "), []string{"custom.v BOOLEAN"}},
		"yes and no":                  {column("yes", "no"), nil},
		"truth values and numbers":    {column("true", "1"), nil},
		"days in CSV":                 {column("2024-05-06"), []string{"custom.v DATE"}},
		"nothing but blank":           {column("", " "), nil},
		"nested columns":              {"email,a.b\na@b.cd,5\n", []string{"custom.a.b NUMBER"}},
		"several fields are sorted":   {"email,c,a,b\na@b.cd,5,6,x\n", []string{"custom.a NUMBER", "custom.c NUMBER"}},
		"data for keys":               {`{"m":` + keys(db.MaxKeys+1) + `,"n":"2024-05-06"}`, []string{"custom.n DATE"}},
		"as many keys as fields have": {`{"m":` + keys(db.MaxKeys) + `}`, repeated(db.MaxKeys)},
	} {
		t.Run(name, func(t *testing.T) {
			text := documentStart.ReplaceAllString(test.text, `{"email":"a@b.cd",`)
			_, summary, _ := run(t, text, transfer.Options{})
			if got := declared(summary); !slices.Equal(got, test.want) {
				t.Errorf("declared %q, want %q", got, test.want)
			}
		})
	}
}

// keys is an object whose n keys have days for values.
func keys(n int) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf("\"k%03d\":\"2024-05-06\"", i))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func repeated(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("custom.m.k%03d DATE", i))
	}
	return all
}

func TestInferredTypesHoldAfterTheSample(t *testing.T) {
	text := "email,v\n" + strings.Repeat("a@b.cd,5\n", transfer.SampleRows) + "b@b.cd,6\nc@b.cd,n/a\n"
	ws, summary, rejected := run(t, text, transfer.Options{})
	wantSummary(t, summary, "2 created, 999 updated, 1 rejected")
	if reason := rejected[0][1]; rejected[0][0] != "1002" || reason != `custom.v: the field is declared NUMBER and "n/a" is not a number like 12.5` {
		t.Errorf("row %s: %s", rejected[0][0], reason)
	}
	if v := ws.contacts["b@b.cd"].Custom["v"]; v != int64(6) {
		t.Errorf("the value is %#v", v)
	}
}

func TestTypesOverruleInference(t *testing.T) {
	types, err := transfer.ParseTypes("custom.zip=text, custom.w=NUMBER")
	if err != nil {
		t.Fatal(err)
	}
	ws, summary, rejected := run(t, "email,zip,w,n\na@b.cd,10115,1,2\nb@b.cd,10115,x,2\n", transfer.Options{Types: types})
	if got, want := declared(summary), []string{"custom.w NUMBER", "custom.zip TEXT", "custom.n NUMBER"}; !slices.Equal(got, want) {
		t.Errorf("declared %q, want %q", got, want)
	}
	if got := ws.contacts["a@b.cd"].Custom["zip"]; got != "10115" || len(rejected) != 1 {
		t.Errorf("zip is %#v, rejected %q", got, rejected)
	}
}

func TestInferenceRespectsTheWorkspace(t *testing.T) {
	ws := newMemory()
	ws.catalogue.Add([]db.Field{
		{Path: "custom.text", Shape: db.ShapeOf(filter.KindText)},
		{Path: "custom.number", Shape: db.ShapeOf(filter.KindNumber, filter.KindNull)},
		{Path: "custom.declared", Shape: db.ShapeOf(filter.KindText), Type: filter.KindText},
		{Path: "custom.map.*", Shape: db.ShapeOf(filter.KindText)},
	})
	text := "email,text,number,declared,map.key\na@b.cd,1,2,3,4\n"
	summary, err := transfer.Import(t.Context(), ws, strings.NewReader(text), transfer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := declared(summary), []string{"custom.number NUMBER"}; !slices.Equal(got, want) {
		t.Errorf("declared %q, want %q", got, want)
	}
	want := []string{"custom.text looks like NUMBER, but contacts have values of another type there: it is kept as TEXT"}
	if !slices.Equal(summary.Warnings, want) {
		t.Errorf("the warnings are %q", summary.Warnings)
	}
}

func TestInferenceWarnsOfOddValues(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"a day that is none": {
			column("1990-05-06", "1991-13-40", "1992-01-02"),
			[]string{`custom.v is kept as TEXT: 2 of 3 values look like DATE, "1991-13-40" does not`},
		},
		"a number in words":  {column("1", "2", "n/a"), []string{`custom.v is kept as TEXT: 2 of 3 values look like NUMBER, "n/a" does not`}},
		"half of the values": {column("1", "one"), nil},
		"text":               {column("a", "b"), nil},
		"another type":       {`{"email":"a@b.cd","v":"2024-05-06"}` + "\n" + `{"email":"b@b.cd","v":5}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			summary, err := transfer.Import(t.Context(), newMemory(), strings.NewReader(test.text), transfer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(summary.Warnings, test.want) {
				t.Errorf("the warnings are %q, want %q", summary.Warnings, test.want)
			}
		})
	}
}

func TestParseTypesRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"custom.zip":                    `"" is not a type for custom.zip; it is one of TEXT`,
		"custom.zip=ZIP":                `"ZIP" is not a type`,
		"custom.zip=LIST":               "a field is declared as TEXT, NUMBER, BOOLEAN, DATE or DATETIME",
		"zip=TEXT":                      "as in custom.zip",
		"custom..zip=TEXT":              "a key must not be empty",
		"custom.a=TEXT,custom.a=NUMBER": "custom.a is given two types",
	} {
		if _, err := transfer.ParseTypes(text); err == nil || !strings.Contains(err.Error(), want) || db.CodeOf(err) != db.BadInput {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestParseMappingRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"name=x":          `"name" is not a standard field to map to`,
		"createdAt=x":     `"createdAt" is not a standard field to map to`,
		"email=a,email=b": "the mapping names email twice",
		"email=a,phone=a": `"a" is mapped to both email and phone`,
	} {
		if _, err := transfer.ParseMapping(text); err == nil || !strings.Contains(err.Error(), want) || db.CodeOf(err) != db.BadInput {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
