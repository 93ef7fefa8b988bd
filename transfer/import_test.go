package transfer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/transfer"
)

// run imports text and returns the workspace, the summary and the rejected rows without their header.
func run(t *testing.T, text string, opts transfer.Options) (*memory, transfer.Summary, [][]string) {
	t.Helper()
	ws := newMemory()
	var rejected bytes.Buffer
	opts.Rejected = func() (io.Writer, error) { return &rejected, nil }
	summary, err := transfer.Import(t.Context(), ws, strings.NewReader(text), opts)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&rejected).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) > 0 {
		if want := []string{"row", "reason", "record"}; !slices.Equal(rows[0], want) {
			t.Errorf("the rejected rows have the header %q, want %q", rows[0], want)
		}
		rows = rows[1:]
	}
	if int64(len(rows)) != summary.Rejected {
		t.Errorf("%d rejected rows were written, %d counted", len(rows), summary.Rejected)
	}
	return ws, summary, rows
}

func wantSummary(t *testing.T, got transfer.Summary, want string) {
	t.Helper()
	if got.String() != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestImportMapsDocuments(t *testing.T) {
	instant := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	midnight := time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		text    string
		mapping string
		want    db.Contact
	}{
		"our own shape": {
			text: `{"email":"Ada@Example.com","phone":"+44 1","firstName":"Ada","lastName":"L","status":"subscribed",` +
				`"subscribedAt":"2024-05-06T07:08:09Z","tags":["a","b"],"custom":{"plan":"pro","n":1}}`,
			want: db.Contact{
				Email: "ada@example.com", Phone: "+44 1", FirstName: "Ada", LastName: "L", Status: db.Subscribed,
				SubscribedAt: &instant, Tags: []string{"a", "b"}, Custom: filter.Object{"plan": "pro", "n": int64(1)},
			},
		},
		"another shape, with types kept": {
			text: `{"_id":{"$oid":"5ca4bbcea2dd94ee58162a68"},"email":"a@b.cd","n":9007199254740993,"f":1.0,"x":null,"l":[1,"2",{"a":true}],"day":"2024-05-06"}`,
			want: db.Contact{Email: "a@b.cd", Custom: filter.Object{
				"_id": "5ca4bbcea2dd94ee58162a68", "n": int64(9007199254740993), "f": 1.0, "x": nil,
				"l": []any{int64(1), "2", filter.Object{"a": true}}, "day": filter.NewDate(2024, 5, 6),
			}},
		},
		"mapped fields are moved": {
			text:    `{"Email":"a@b.cd","name":{"first":"Ada","last":"L"},"contact":{"tel":441},"joined":"2024-05-06","k":"x, y;z"}`,
			mapping: "email=Email, firstName=name.first, phone=contact.tel, subscribedAt=joined, tags=k",
			want: db.Contact{
				Email: "a@b.cd", FirstName: "Ada", Phone: "441", SubscribedAt: &midnight, Tags: []string{"x", "y", "z"},
				Custom: filter.Object{"name": filter.Object{"last": "L"}},
			},
		},
		"a standard name that is mapped elsewhere": {
			text:    `{"email":"private@b.cd","work":"work@b.cd"}`,
			mapping: "email=work",
			want:    db.Contact{Email: "work@b.cd", Custom: filter.Object{"email": "private@b.cd"}},
		},
		"swapped names": {
			text:    `{"email":"a@b.cd","firstName":"L","lastName":"Ada"}`,
			mapping: "firstName=lastName,lastName=firstName",
			want:    db.Contact{Email: "a@b.cd", FirstName: "Ada", LastName: "L"},
		},
		"a standard name that is mapped to nothing": {
			text:    `{"email":"a@b.cd","status":"gold"}`,
			mapping: "status=",
			want:    db.Contact{Email: "a@b.cd", Custom: filter.Object{"status": "gold"}},
		},
		"a key with a dot can be mapped": {
			text:    `{"e.mail":"a@b.cd"}`,
			mapping: "email=e.mail",
			want:    db.Contact{Email: "a@b.cd"},
		},
		"other fields join those below custom": {
			text: `{"email":"a@b.cd","custom":{"plan":"pro"},"age":5}`,
			want: db.Contact{Email: "a@b.cd", Custom: filter.Object{"plan": "pro", "age": int64(5)}},
		},
		"an own field called custom": {
			text: `{"email":"a@b.cd","custom":"made to measure"}`,
			want: db.Contact{Email: "a@b.cd", Custom: filter.Object{"custom": "made to measure"}},
		},
		"null and blank say nothing": {
			text: `{"email":"a@b.cd","phone":null,"status":"","subscribedAt":null,"tags":null,"custom":null}`,
			want: db.Contact{Email: "a@b.cd"},
		},
		"an identifier becomes text": {
			text: `{"_id":17,"email":"a@b.cd"}`,
			want: db.Contact{Email: "a@b.cd", Custom: filter.Object{"_id": "17"}},
		},
		"CSV": {
			text: "email;status;tags;address.city;address.zip;age;vip;born;blank\n" +
				"a@b.cd;Pending;\"x;y\";Paris;01234;17;TRUE;2024-05-06; \n",
			want: db.Contact{Email: "a@b.cd", Status: db.Pending, Tags: []string{"x", "y"}, Custom: filter.Object{
				"address": filter.Object{"city": "Paris", "zip": "01234"}, "age": int64(17), "vip": true, "born": filter.NewDate(2024, 5, 6),
			}},
		},
		"CSV in our own shape": {
			text: "email,custom.plan\na@b.cd,pro\n",
			want: db.Contact{Email: "a@b.cd", Custom: filter.Object{"plan": "pro"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			mapping, err := transfer.ParseMapping(test.mapping)
			if err != nil {
				t.Fatal(err)
			}
			ws, summary, rejected := run(t, test.text, transfer.Options{Mapping: mapping})
			if len(rejected) > 0 || len(summary.Warnings) > 0 {
				t.Fatalf("rejected %q, warnings %q", rejected, summary.Warnings)
			}
			want := test.want
			if want.Status == "" {
				want.Status = db.Pending
			}
			if want.Custom == nil {
				want.Custom = filter.Object{}
			}
			if want.Tags == nil {
				want.Tags = []string{}
			}
			got := ws.contacts[want.Email]
			if got == nil {
				t.Fatalf("there is no contact %s", want.Email)
			}
			want.ID, want.CreatedAt, want.UpdatedAt, want.Version = got.ID, got.CreatedAt, got.UpdatedAt, got.Version
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("got  %+v\nwant %+v", *got, want)
			}
		})
	}
}

// TestImportStops has sources that cannot be read to their end: what comes before is applied, and the error says so.
func TestImportStops(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"array broken":   {`[{"email":"a@b.cd"},{"email":"b@b.cd"},{"email" "c@b.cd"}]`, "row 3 of the JSON array cannot be read, nor what comes after it: it is not valid JSON at byte"},
		"array cut off":  {`[{"email":"a@b.cd"},{"email":"b@b.cd"},`, "row 3 of the JSON array cannot be read, nor what comes after it: it ends in the middle of a JSON value"},
		"text after it":  {`[{"email":"a@b.cd"},{"email":"b@b.cd"}] x`, "something comes after the end of the JSON array"},
		"value after it": {`[{"email":"a@b.cd"},{"email":"b@b.cd"}] []`, "something comes after the end of the JSON array"},
	} {
		t.Run(name, func(t *testing.T) {
			ws := newMemory()
			summary, err := transfer.Import(t.Context(), ws, strings.NewReader(test.text), transfer.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "The first 2 rows are applied (2 created, 0 updated, 0 rejected)") {
				t.Errorf("got %v, want %s, and what was applied", err, test.want)
			}
			if code := db.CodeOf(err); code != db.BadInput {
				t.Errorf("the code is %s", code)
			}
			if summary.Created != 2 || len(ws.contacts) != 2 {
				t.Errorf("%s, %d contacts", summary, len(ws.contacts))
			}
		})
	}
}

func TestImportRefusesOptionsAndFiles(t *testing.T) {
	for name, test := range map[string]struct {
		opts       transfer.Options
		text, want string
	}{
		"a field that is not standard": {transfer.Options{Mapping: transfer.Mapping{"name": "x"}}, "", `"name" is not a standard field to map to; write FIELD=SOURCE with one of email, phone`},
		"a source mapped twice":        {transfer.Options{Mapping: transfer.Mapping{"email": "x", "phone": "x"}}, "", `"x" is mapped to both email and phone`},
		"a type of a standard field":   {transfer.Options{Types: transfer.Types{"email": filter.KindText}}, "", "email is a standard field; its type is fixed"},
		"a type of no field":           {transfer.Options{Types: transfer.Types{"zip": filter.KindText}}, "", "as in custom.zip"},
		"an unknown format":            {transfer.Options{Format: "xls"}, "", `"xls" is not a format of contact files; they are csv, jsonl and array`},
		"not an array":                 {transfer.Options{Format: transfer.JSONArray}, `{"email":"a@b.cd"}`, "the file is not a JSON array"},
		"a first row of values":        {transfer.Options{}, "a@b.cd,Ada\nb@b.cd,Bo\n", `the first row has to name the columns, and "a@b.cd" is an email`},
		"a header in no UTF-8":         {transfer.Options{Encoding: "utf-8"}, "email,pr\xe9nom\n", "the CSV header cannot be read: it is not UTF-8; where the file has another encoding, name that with the option encoding"},
		"a header with a name twice":   {transfer.Options{}, "email,a,a\n", `the CSV header cannot be read: two columns have the name "a"`},
		"a header with an open quote":  {transfer.Options{}, "email,\"a\nx,y\n", "the CSV header cannot be read: a quote"},
		"broken gzip":                  {transfer.Options{}, "\x1f\x8bxx", "the compressed file is damaged or cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transfer.Import(t.Context(), newMemory(), strings.NewReader(test.text), test.opts)
			if err == nil || !strings.Contains(err.Error(), test.want) || db.CodeOf(err) != db.BadInput {
				t.Errorf("got %v (%s), want %s", err, db.CodeOf(err), test.want)
			}
		})
	}
}

func TestImportReadsEveryFormat(t *testing.T) {
	lines := "{\"email\":\"a@b.cd\",\"n\":1}\r\n \n{\"email\":\"b@b.cd\",\"n\":2}"
	array := " [ {\"email\":\"a@b.cd\",\"n\":1},\n{\"email\":\"b@b.cd\",\"n\":2}\n]\n "
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	for _, err := range []error{second(io.WriteString(w, "\ufeff"+lines)), w.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"JSON Lines":    lines,
		"JSON array":    array,
		"BOM":           "\ufeff" + array,
		"gzip":          zipped.String(),
		"comma":         "email,n\na@b.cd,1\n\nb@b.cd,2",
		"semicolon":     "\ufeff\"email\";n\r\na@b.cd;1\r\nb@b.cd;2\r\n",
		"tab":           "n\temail\n1\ta@b.cd\n2\tb@b.cd\n",
		"pipe":          "email | n\na@b.cd|1\nb@b.cd|2\n",
		"quoted header": "email,n,\"a;b;c\nd\"\na@b.cd,1,\nb@b.cd,2,\n",
	} {
		t.Run(name, func(t *testing.T) {
			ws, summary, _ := run(t, text, transfer.Options{})
			wantSummary(t, summary, "2 created, 0 updated, 0 rejected")
			for email, n := range map[string]int64{"a@b.cd": 1, "b@b.cd": 2} {
				if c := ws.contacts[email]; c == nil || c.Custom["n"] != n {
					t.Errorf("%s is %+v", email, c)
				}
			}
		})
	}
	for _, empty := range []string{"", "\ufeff", "[]", "email,name\n"} {
		_, summary, _ := run(t, empty, transfer.Options{})
		wantSummary(t, summary, "0 created, 0 updated, 0 rejected")
	}
}

func second[A, B any](_ A, b B) B { return b }

func TestImportStopsWhereACompressedFileIsCutOff(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	for _, err := range []error{second(io.WriteString(w, contactLines(3))), w.Flush()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	summary, err := transfer.Import(t.Context(), newMemory(), &zipped, transfer.Options{})
	if err == nil || !strings.Contains(err.Error(), "the compressed file is damaged or cut off") || db.CodeOf(err) != db.BadInput {
		t.Errorf("got %v", err)
	}
	wantSummary(t, summary, "3 created, 0 updated, 0 rejected")
}

func TestImportWarnsOfSourcesThatNoRowHas(t *testing.T) {
	_, summary, _ := run(t, `{"email":"a@b.cd"}`, transfer.Options{Mapping: transfer.Mapping{"firstName": "Frist"}})
	if want := []string{`no row has the field "Frist", which is mapped to firstName`}; !slices.Equal(summary.Warnings, want) {
		t.Errorf("got %q, want %q", summary.Warnings, want)
	}
}

func TestImportModes(t *testing.T) {
	text := `{"email":"a@b.cd","n":1}` + "\n" + `{"email":"b@b.cd","n":1}` + "\n" + `{"email":"a@b.cd","n":2}` + "\n" + `{"n":3}` + "\n"
	for mode, want := range map[string]struct{ summary, contacts string }{
		"upsert": {"1 created, 2 updated, 1 rejected", "a@b.cd [old new] 2; b@b.cd [new] 1"},
		"create": {"2 created, 0 updated, 0 rejected, 2 skipped", " [new] 3; a@b.cd [old] 0; b@b.cd [new] 1"},
		"update": {"0 created, 2 updated, 1 rejected, 1 skipped", "a@b.cd [old new] 2"},
	} {
		ws := openWorkspace(t)
		email, tags := "a@b.cd", []string{"old"}
		if _, err := ws.CreateContact(t.Context(), db.ContactPatch{Email: &email, Tags: &tags, Custom: filter.Object{"n": int64(0)}}); err != nil {
			t.Fatal(err)
		}
		summary, err := transfer.Import(t.Context(), ws, strings.NewReader(text), options(t, transfer.Request{Mode: mode, Tags: []string{"new"}}))
		if err != nil {
			t.Fatal(err)
		}
		wantSummary(t, summary, want.summary)
		pages, err := ws.FindContacts(t.Context(), []db.ContactQuery{{Filter: filter.Const(true), Page: db.Page{Limit: 10}}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range pages[0].Contacts {
			got = append(got, fmt.Sprint(c.Email, " ", c.Tags, " ", c.Custom["n"]))
		}
		slices.Sort(got)
		if text := strings.Join(got, "; "); text != want.contacts {
			t.Errorf("%s: the contacts are %s, want %s", mode, text, want.contacts)
		}
	}
}

func TestImportGuesses(t *testing.T) {
	for name, text := range map[string]string{
		"CSV":  "E-Mail,Vorname,Nachname\na@b.cd,Ada,L\n",
		"JSON": `[{"E-Mail":"a@b.cd","Vorname":"Ada"},{"E-Mail":"a@b.cd","Nachname":"L"}]`,
	} {
		ws, summary, _ := run(t, text, transfer.Options{Guess: true})
		if c := ws.contacts["a@b.cd"]; c == nil || c.FirstName != "Ada" || c.LastName != "L" || len(c.Custom) > 0 {
			t.Errorf("%s: got %+v", name, c)
		}
		if want := (transfer.Mapping{"email": "E-Mail", "firstName": "Vorname", "lastName": "Nachname"}); !maps.Equal(summary.Guessed, want) {
			t.Errorf("%s: guessed %v", name, summary.Guessed)
		}
		_, summary, rejected := run(t, text, transfer.Options{})
		if len(rejected) == 0 || len(summary.Warnings) == 0 || !strings.Contains(summary.Warnings[0], `map it with email=E-Mail, or ask for guessed mappings`) {
			t.Errorf("%s without guesses: rejected %q, warnings %q", name, rejected, summary.Warnings)
		}
	}
}

func contactLines(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "{\"email\":\"a%d@b.cd\"}\n", i)
	}
	return text.String()
}

func TestImportWritesInBatches(t *testing.T) {
	ws := newMemory()
	var progress []int64
	opts := transfer.Options{Progress: func(rows int64) { progress = append(progress, rows) }}
	if _, err := transfer.Import(t.Context(), ws, strings.NewReader(contactLines(550)), opts); err != nil {
		t.Fatal(err)
	}
	if want := []int{200, 200, 150}; !slices.Equal(ws.batches, want) {
		t.Errorf("the batches have %d rows, want %d", ws.batches, want)
	}
	if want := []int64{200, 400, 550}; !slices.Equal(progress, want) {
		t.Errorf("progress was %d, want %d", progress, want)
	}
}

func TestImportStopsWhenTheStoreFails(t *testing.T) {
	ws := newMemory()
	ws.fail = func(batch int) error {
		if batch == 3 {
			return db.Errorf(db.Unavailable, "the disk is full")
		}
		return nil
	}
	summary, err := transfer.Import(t.Context(), ws, strings.NewReader(contactLines(2_200)), transfer.Options{})
	want := "the import stopped: the disk is full. The first 400 rows are applied (400 created, 0 updated, 0 rejected); import the file again to apply all of it"
	if err == nil || err.Error() != want || db.CodeOf(err) != db.Unavailable {
		t.Errorf("got %v", err)
	}
	wantSummary(t, summary, "400 created, 0 updated, 0 rejected")
}

func TestImportEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opts := transfer.Options{Progress: func(int64) { cancel() }}
	_, err := transfer.Import(ctx, newMemory(), strings.NewReader(contactLines(2_200)), opts)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestImportReportsAFileForRejectedRowsThatCannotBeOpened(t *testing.T) {
	opts := transfer.Options{Rejected: func() (io.Writer, error) { return nil, os.ErrPermission }}
	_, err := transfer.Import(t.Context(), newMemory(), strings.NewReader("{}"), opts)
	if !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
}
