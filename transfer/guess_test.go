package transfer

import (
	"maps"
	"os"
	"strings"
	"testing"
)

func TestGuess(t *testing.T) {
	for text, want := range map[string]string{
		"E-Mail|First Name|surname|Phone Number|opted in at|TAGS": "email=E-Mail,phone=Phone Number,firstName=First Name,lastName=surname,subscribedAt=opted in at,tags=TAGS",
		"EMAIL_ADDRESS|Vorname|mobile":                            "email=EMAIL_ADDRESS,firstName=Vorname,phone=mobile",
		"Mail|email address":                                      "email=email address", // the more certain one
		"email|E-Mail":                                            "",                    // it is there by its name
		"email address|Prénom":                                    "email=email address,firstName=Prénom",
		"name|status|Status|plan":                                 "", // which nobody can be certain of
	} {
		wanted, err := ParseMapping(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := guess(Mapping{}, strings.Split(text, "|")); !maps.Equal(got, wanted) {
			t.Errorf("%s: got %v, want %v", text, got, wanted)
		}
	}
	given := Mapping{"email": "work", "phone": "Mobile"}
	if got := guess(given, []string{"E-Mail", "Mobile", "Handy", "email"}); len(got) > 0 {
		t.Errorf("beside what is given there are %v", got)
	}
}

func TestGuessesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, name := range importable() {
		names := guesses()[name]
		for _, n := range names {
			if bare(n) != n {
				t.Errorf("no name is compared with %q", n)
			}
			if seen[n] != "" {
				t.Errorf("%q is a name of both %s and %s", n, seen[n], name)
			}
			seen[n] = name
		}
		if row := "| `" + name + "` | " + strings.Join(names, ", ") + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/import.md lacks the row\n%s", row)
		}
	}
}
