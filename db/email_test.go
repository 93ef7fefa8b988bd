package db_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"segmentql/db"
)

func TestEmail(t *testing.T) {
	label := strings.Repeat("a", 63)
	for email, want := range map[string]string{
		" Ada@Example.COM ":                     "ada@example.com",
		"ada@Bücher.example":                    "ada@bücher.example",
		"ada@xn--bcher-kva.example":             "ada@bücher.example",
		"ada@XN--BCHER-KVA.example":             "ada@bücher.example",
		"ada@BÜCHER。example":                    "ada@bücher.example",
		"ada@bu\u0308cher.example":              "ada@bücher.example",
		"ada@faß.example":                       "ada@faß.example",
		"ada@xn--fa-hia.example":                "ada@faß.example",
		"ada@пример.испытание":                  "ada@пример.испытание",
		"ada@r3---sn.example":                   "ada@r3---sn.example",
		"björn@example.com":                     "björn@example.com",
		"a@b":                                   "a@b",
		"ada@" + label + ".example":             "ada@" + label + ".example",
		"ada@xn--a":                             "", // stands for nothing
		"ada@my_company.example":                "",
		"ada@-a.example":                        "",
		"ada@a-.example":                        "",
		"ada@a.example-":                        "",
		"ada@a..example":                        "",
		"ada@example.com.":                      "",
		"ada@[127.0.0.1]":                       "",
		"ada@exa mple.com":                      "",
		"ada@a" + label + ".example":            "",
		"ada@ü" + label + ".example":            "",
		"ada@bücher.my_shop.example":            "",
		"ada":                                   "",
		"@example.com":                          "",
		"ada@":                                  "",
		"Ada <ada@example.com>":                 "",
		"ada@\u200b.example":                    "",
		"ada@example.com, b@b.c":                "",
		strings.Repeat("a", 250) + "@b.example": "",
	} {
		contact, err := db.NewContact(db.ContactPatch{Email: &email}, time.Now())
		switch {
		case want == "" && db.CodeOf(err) != db.BadInput:
			t.Errorf("%q: got %q, %v, want an error", email, contact.Email, err)
		case want != "" && (err != nil || contact.Email != want):
			t.Errorf("%q: got %q, %v, want %q", email, contact.Email, err, want)
		}
	}
}

// TestEmailForms checks that all forms of an address are stored as one, which is in its own form.
func TestEmailForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		email := "ada@" + rapid.StringOfN(rapid.RuneFrom([]rune("aBé٣яß中ー-.\u0308｡")), 1, 20, -1).Draw(t, "domain")
		stored := db.NormaliseEmail(email)
		if again := db.NormaliseEmail(stored); again != stored {
			t.Errorf("%q becomes %q and then %q", email, stored, again)
		}
		_, err := db.NewContact(db.ContactPatch{Email: &email}, time.Now())
		if err != nil {
			return
		}
		ascii, err := idna.Lookup.ToASCII(strings.TrimPrefix(stored, "ada@"))
		if got := db.NormaliseEmail("ADA@" + strings.ToUpper(ascii)); err != nil || got != stored {
			t.Errorf("%q is stored as %q, its ASCII form %q as %q, %v", email, stored, ascii, got, err)
		}
	})
}

// TestEmailStays updates a contact whose email nobody could give it today.
func TestEmailStays(t *testing.T) {
	old := db.Contact{Email: "ada@my_company.example", Status: db.Pending}
	for _, p := range []db.ContactPatch{{FirstName: new("Ada")}, {Email: new(" Ada@my_company.example")}} {
		if changed, err := p.Apply(old, time.Now()); err != nil || changed.Email != old.Email {
			t.Errorf("%+v: got %q, %v", p, changed.Email, err)
		}
	}
	if _, err := (db.ContactPatch{Email: new("")}).Apply(old, time.Now()); err != nil {
		t.Error(err)
	}
}
