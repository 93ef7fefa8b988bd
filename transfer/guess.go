package transfer

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"segmentql/filter"
)

// headRows are those of which the names of the fields are looked at before a file is imported.
const headRows = 20

// guesses are names under which files have the standard fields, in lower case and without anything between words: the
// more certain ones first.
func guesses() map[string][]string {
	return map[string][]string{
		"email": {
			"email", "emailaddress", "mail", "mailaddress", "primaryemail", "contactemail", "subscriberemail", "useremail",
			"emailadresse", "mailadresse", "adresseemail", "adressemail", "courriel", "correo", "correoelectronico", "correoelectrónico",
			"direccióndecorreo", "indirizzoemail", "posta", "epost", "eposta", "emailadres", "адресэлектроннойпочты",
		},
		"phone": {
			"phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "telephone", "telephonenumber", "tel",
			"phoneno", "mobileno", "telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobiltelefon", "téléphone", "portable",
			"teléfono", "telefono", "móvil", "cellulare", "telefoon", "telefoonnummer",
		},
		"firstName": {
			"firstname", "givenname", "forename", "fname", "first", "vorname", "prénom", "prenom", "nombre", "voornaam", "förnamn", "imię",
		},
		"lastName": {
			"lastname", "surname", "familyname", "lname", "last", "nachname", "familienname", "nomdefamille", "nom", "apellido", "apellidos",
			"cognome", "achternaam", "efternamn", "nazwisko",
		},
		"status": {"subscriptionstatus", "emailstatus", "marketingstatus", "optinstatus"},
		"subscribedAt": {
			"subscribedon", "subscribedat", "subscribedate", "subscriptiondate", "optinat", "optedinat", "optindate", "optintime",
			"optinon", "signupdate", "signedupat", "dateadded", "angemeldetam", "anmeldedatum",
		},
		"tags": {"tags", "tag", "labels", "label", "schlagworte", "étiquettes", "etiquetas"},
	}
}

// bare returns what is compared of a name.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// guess returns, of the standard fields that the mapping does not name and no source has for a name, those that a source
// looks like.
func guess(m Mapping, sources []string) Mapping {
	taken := map[string]bool{}
	for _, source := range m {
		taken[source] = true
	}
	found := Mapping{}
	for _, name := range importable() {
		if _, mapped := m[name]; mapped || slices.Contains(sources, name) {
			continue
		}
		best := len(guesses()[name])
		for _, source := range sources {
			if rank := slices.Index(guesses()[name], bare(source)); rank >= 0 && rank < best && !taken[source] && !slices.Contains(importable(), source) {
				found[name], best = source, rank
			}
		}
	}
	return found
}

// head is a reader of which the first records are read twice.
type head struct {
	reader
	ahead []record
	last  error // after them
}

// peekRows reads the first rows, and leaves them to be read again.
func (f *file) peekRows() []record {
	h := &head{reader: f.reader}
	for len(h.ahead) < headRows && h.last == nil {
		var r record
		if r, h.last = h.reader.next(); h.last == nil {
			h.ahead = append(h.ahead, r)
		}
	}
	f.reader = h
	return h.ahead
}

func (h *head) next() (record, error) {
	if len(h.ahead) > 0 {
		r := h.ahead[0]
		h.ahead = h.ahead[1:]
		return r, nil
	}
	if h.last != nil {
		return record{}, h.last
	}
	return h.reader.next()
}

// header are the columns of CSV, nil for other formats.
func (f *file) header() []string {
	table, ok := f.reader.(*csvReader)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Concat([]string{}, table.header), func(name string) bool { return name == "" })
}

// sources are the fields at the top of a file's documents: the columns of CSV in their order, else those of the first
// rows by name.
func (f *file) sources() []string {
	if names := f.header(); names != nil {
		return names
	}
	seen := map[string]bool{}
	for _, r := range f.peekRows() {
		document, _ := r.read()
		for key := range document {
			seen[key] = true
		}
	}
	delete(seen, filter.CustomField)
	return slices.Sorted(maps.Keys(seen))
}
