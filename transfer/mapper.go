package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

var errNoEmail = errors.New("the row has no email to match by")

// mapper makes patches of contacts from source documents. It may be used from many goroutines.
type mapper struct {
	encoding Encoding
	mapping  Mapping
	found    map[string]*atomic.Bool // by mapped field: whether some document had its source
	tags     []string                // that every contact gets
	nameless bool                    // whether contacts may have no email
	region   string                  // of phones without a country code, "" for none
	job      string                  // that the rows are of, "" for none
}

func newMapper(f *file, opts Options, job string) *mapper {
	found := make(map[string]*atomic.Bool, len(opts.Mapping))
	for name := range opts.Mapping {
		found[name] = new(atomic.Bool)
	}
	return &mapper{
		encoding: f.encoding, mapping: opts.Mapping, found: found, tags: opts.Tags,
		nameless: opts.Mode == db.CreateOnly, region: opts.PhoneRegion, job: job,
	}
}

// prepare makes the patch of a record, and says whether its texts are known to be texts.
func (m *mapper) prepare(r record) (p db.ContactPatch, exact bool, err error) {
	if r.err != nil {
		return p, false, r.err
	}
	if err := m.encoding.check(r.raw); err != nil {
		return p, false, err
	}
	document, err := r.document()
	if err != nil {
		return p, false, err
	}
	exact = takeExact(document)
	p, err = m.patch(document)
	p.AddTags, p.PhoneRegion = m.tags, m.region
	if m.job != "" {
		p.From = &db.JobRow{Job: m.job, Row: r.row}
	}
	return p.Prepared(), exact, err
}

// patch takes the standard fields out of the document; what is left becomes custom. The document is used up.
func (m *mapper) patch(document filter.Object) (db.ContactPatch, error) {
	values := m.standard(document)
	custom, err := customFields(document)
	if err != nil {
		return db.ContactPatch{}, err
	}
	p := db.ContactPatch{Custom: custom}
	for name, field := range map[string]**string{"email": &p.Email, "phone": &p.Phone, "firstName": &p.FirstName, "lastName": &p.LastName} {
		if *field, err = text(values[name]); err != nil {
			return p, fmt.Errorf("%s: %w", name, err)
		}
	}
	if p.MatchEmail() == "" && !m.nameless {
		return p, errNoEmail
	}
	if p.Status, err = status(values["status"]); err != nil {
		return p, fmt.Errorf("status: %w", err)
	}
	if p.SubscribedAt, err = instant(values["subscribedAt"]); err != nil {
		return p, fmt.Errorf("subscribedAt: %w", err)
	}
	if p.Tags, err = tags(values["tags"]); err != nil {
		return p, fmt.Errorf("tags: %w", err)
	}
	return p, nil
}

// seen returns the mapped standard fields whose source some document had.
func (m *mapper) seen() []string {
	var names []string
	for _, name := range importable() {
		if m.mapping[name] != "" && m.found[name].Load() {
			names = append(names, name)
		}
	}
	return names
}

// missing returns the mapped standard fields whose source no document had.
func (m *mapper) missing() []string {
	var names []string
	for _, name := range importable() {
		if m.mapping[name] != "" && !m.found[name].Load() {
			names = append(names, name)
		}
	}
	return names
}

// standard takes out what is mapped first, so that a field which is mapped elsewhere does not map itself.
func (m *mapper) standard(document filter.Object) filter.Object {
	values := filter.Object{}
	for name, source := range m.mapping {
		if v, ok := take(document, source); ok {
			values[name] = v
			m.found[name].Store(true)
		}
	}
	for _, name := range importable() {
		if _, mapped := m.mapping[name]; !mapped {
			if v, ok := document[name]; ok {
				values[name] = v
				delete(document, name)
			}
		}
	}
	return values
}

// take moves a value out of the object, with an object around it that would stay behind empty.
func take(o filter.Object, source string) (any, bool) {
	if v, ok := o[source]; ok {
		delete(o, source)
		return v, true
	}
	first, rest, _ := strings.Cut(source, ".")
	inner, ok := o[first].(filter.Object)
	if !ok {
		return nil, false
	}
	v, ok := take(inner, rest)
	if ok && len(inner) == 0 {
		delete(o, first)
	}
	return v, ok
}

// customFields returns the object custom of the document with all other fields of the document in it.
func customFields(document filter.Object) (filter.Object, error) {
	if id, ok := document[mongoID]; ok {
		document[mongoID] = idText(id)
	}
	custom := filter.Object{}
	if own, ok := document[filter.CustomField]; ok {
		if object, isObject := own.(filter.Object); isObject || own == nil {
			delete(document, filter.CustomField)
			custom = object
		}
	}
	if custom == nil {
		custom = filter.Object{}
	}
	for key, v := range document {
		if _, twice := custom[key]; twice {
			return nil, fmt.Errorf("both %q and \"custom.%s\" have a value, and both would become custom.%s; rename one of them", key, key, key)
		}
		custom[key] = v
	}
	return custom, nil
}

// mongoID is the key of every MongoDB document. Its values are of any type; as text they stay one kind of thing.
const mongoID = "_id"

func idText(id any) any {
	switch id := id.(type) {
	case nil, string:
		return id
	case time.Time:
		return id.Format(time.RFC3339Nano)
	}
	text, err := json.Marshal(id)
	if err != nil {
		return id
	}
	return string(text)
}

// text returns nil for null: a null says nothing about the contact.
func text(v any) (*string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return &v, nil
	case int64: // a phone number
		s := strconv.FormatInt(v, 10)
		return &s, nil
	}
	return nil, wrongKind(v, filter.KindText)
}

func status(v any) (*db.Status, error) {
	s, err := filled(v)
	if s == "" || err != nil {
		return nil, err
	}
	status := db.Status(strings.ToUpper(s))
	field, _ := filter.MustPath("status").Standard()
	if !slices.Contains(field.Values, string(status)) {
		return nil, fmt.Errorf("%q is not a status; it is one of %s. Another kind of status becomes a custom field with the mapping status=",
			abbreviate(s), strings.Join(field.Values, ", "))
	}
	return &status, nil
}

// instant reads an instant, or a day as its start in UTC.
func instant(v any) (*time.Time, error) {
	if t, ok := v.(time.Time); ok {
		return &t, nil
	}
	s, err := filled(v)
	if s == "" || err != nil {
		return nil, err
	}
	if t, err := filter.ParseInstant(s); err == nil {
		return &t, nil
	}
	day, err := filter.ParseDate(s)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a day like 2026-03-01 nor an instant like 2026-03-01T09:00:00Z", abbreviate(s))
	}
	t := day.Midnight()
	return &t, nil
}

// tags reads a list of text, or a text that is such a list as JSON, or has commas or semicolons between the tags.
func tags(v any) (*[]string, error) {
	list, isList := v.([]any)
	if !isList {
		s, err := filled(v)
		if s == "" || err != nil {
			return nil, err
		}
		var listed []string
		if s[0] == '[' && json.Unmarshal([]byte(s), &listed) == nil {
			return &listed, nil
		}
		for tag := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
			if tag = strings.TrimSpace(tag); tag != "" {
				list = append(list, tag)
			}
		}
	}
	all := make([]string, len(list))
	for i, item := range list {
		tag, ok := item.(string)
		if !ok {
			return nil, wrongKind(item, filter.KindText)
		}
		all[i] = tag
	}
	return &all, nil
}

// filled returns the text less the space around it, and "" for null.
func filled(v any) (string, error) {
	s, ok := v.(string)
	if !ok && v != nil {
		return "", wrongKind(v, filter.KindText)
	}
	return strings.TrimSpace(s), nil
}

func wrongKind(v any, want filter.Kind) error {
	return fmt.Errorf("the value is %s, not %s; leave it out, or map the field to another one", filter.KindOf(v), want)
}
