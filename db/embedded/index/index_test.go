package index

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/document"
	"segmentql/filter"
)

// model is what an index is held against: all contacts, asked one by one.
type model struct {
	index    *Index
	contacts map[string]*db.Contact
	made     int
}

func (m *model) fetch(_ context.Context, refs []Ref, yield func(int, *db.Contact)) error {
	for i, ref := range refs {
		c := m.contacts[ref.ID]
		if c == nil || c.Version != ref.Version {
			return ErrStale
		}
		yield(i, c)
	}
	return nil
}

func encode(t rapid.TB, c *db.Contact) []byte {
	doc, err := bson.Marshal(document.Contact("w", c))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// drawContact draws a contact that nobody changes any more.
func drawContact(r *rapid.T, id string, version int64) *db.Contact {
	drawn := dbtest.DrawDocument(r, 0)
	c := &db.Contact{ID: id, Version: version, Status: db.Pending, Tags: []string{}, Custom: filter.Object{}, CreatedAt: time.UnixMilli(1e12).UTC()}
	if custom, ok := drawn["custom"].(filter.Object); ok {
		c.Custom = custom
	}
	if tags, ok := drawn["tags"].([]any); ok {
		for _, tag := range tags {
			c.Tags = append(c.Tags, tag.(string))
		}
	}
	if email, ok := drawn["email"].(string); ok {
		c.Email = email
	}
	if rapid.Bool().Draw(r, "long") {
		c.Custom["long"] = drawLong(r)
	}
	return c
}

func drawLong(r *rapid.T) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"refund", "Refunds", "STRASSE", "straße", "\u212Aelvin", "kelvin", "ſ", "x", "42", "ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ", "\u0345",
		"averyveryveryveryveryverylongwordthatisnotkept", "…", "-", "don't",
	}), 20, 40).Draw(r, "words")
	text := ""
	for _, w := range words {
		text += w + rapid.SampledFrom([]string{" ", " ", ", ", ""}).Draw(r, "between")
	}
	return text
}

func drawFilter(r *rapid.T) filter.Node {
	if rapid.IntRange(0, 2).Draw(r, "of long texts") > 0 {
		return dbtest.DrawFilter(r, 4).Node
	}
	text := rapid.SampledFrom([]string{
		"refund", "fund", "REFUNDS", "s refund", "strasse", "straße x", "k", "K", "kelvin", "s", "ſ", "", " ", "42 ", "x 4", "σσ", "ςΣ", "ongwor",
		"thatisnotkept", "…", "n't", "ι", "\u0345", "refund refund",
	}).Draw(r, "text")
	long := filter.MustPath("custom.long")
	if rapid.IntRange(0, 3).Draw(r, "pattern") == 0 {
		pattern, err := filter.ParsePattern(rapid.SampledFrom([]string{
			"(?i)refund.*strasse", "fund( |, )x", "^42", "k[a-z]*n", "(?i)σ+ς$", "x|42", "(refund)+s", "(?:x)?-", "\\bs", "don't.*…",
		}).Draw(r, "of"))
		if err != nil {
			r.Fatal(err)
		}
		return filter.Has{Path: long, Test: pattern}
	}
	place := rapid.SampledFrom([]filter.Place{filter.Anywhere, filter.AtStart, filter.AtEnd}).Draw(r, "place")
	return filter.Has{Path: long, Test: filter.NewTextMatch(place, text, rapid.Bool().Draw(r, "fold"))}
}

// TestAgainstTheMatcher builds, changes and compacts an index at random, and asks it and the matcher.
func TestAgainstTheMatcher(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := &model{contacts: map[string]*db.Contact{}}
		var docs [][]byte
		for range rapid.IntRange(0, 8).Draw(r, "built") {
			c := m.create(r)
			docs = append(docs, encode(r, c))
		}
		slices.SortFunc(docs, func(a, b []byte) int {
			return cmp.Compare(bson.Raw(a).Lookup("_id").StringValue(), bson.Raw(b).Lookup("_id").StringValue())
		})
		var err error
		m.index, err = Build(t.Context(), func(_ context.Context, yield func([]byte) error) error {
			for _, doc := range docs {
				if err := yield(doc); err != nil {
					return err
				}
			}
			return nil
		}, func(int) {})
		if err != nil {
			r.Fatal(err)
		}
		defer m.index.Close()
		m.index.limits = limits{fresh: 3, mostFresh: 9, tiers: 2}
		for range rapid.IntRange(1, 4).Draw(r, "rounds") {
			m.write(r)
			m.check(t.Context(), r)
		}
	})
}

func (m *model) create(r *rapid.T) *db.Contact {
	m.made++
	// In no order: other processes make IDs, too.
	c := drawContact(r, fmt.Sprintf("con_%03d%d", rapid.IntRange(0, 999).Draw(r, "id"), m.made), 1)
	m.contacts[c.ID] = c
	return c
}

// write changes some contacts in one commit.
func (m *model) write(r *rapid.T) {
	var changes []Change
	for range rapid.IntRange(0, 6).Draw(r, "changes") {
		ids := slices.Sorted(keys(m.contacts))
		kind := rapid.IntRange(0, 2).Draw(r, "change")
		if len(ids) == 0 || kind == 0 {
			c := m.create(r)
			changes = append(changes, Change{c.ID, c, encode(r, c)})
			continue
		}
		id := rapid.SampledFrom(ids).Draw(r, "which")
		if kind == 1 {
			delete(m.contacts, id)
			changes = append(changes, Change{ID: id})
			continue
		}
		c := drawContact(r, id, m.contacts[id].Version+1)
		m.contacts[id] = c
		changes = append(changes, Change{c.ID, c, encode(r, c)})
	}
	m.index.Apply(changes)
}

func keys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (m *model) check(ctx context.Context, r *rapid.T) {
	v := m.index.Current()
	if got := v.Contacts(); got != int64(len(m.contacts)) {
		r.Fatalf("there are %d contacts, want %d", got, len(m.contacts))
	}
	for range 6 {
		q := m.query(r)
		var keys []db.Key
		for _, c := range m.contacts {
			if filter.Match(q.Filter, c) {
				keys = append(keys, q.Sort.Key(c))
			}
		}
		total := int64(len(keys))
		counts, err := v.Count(ctx, []filter.Node{q.Filter}, m.fetch)
		if err != nil || counts[0] != total {
			r.Fatalf("%#v\ncounted %v, %v; want %d", q.Filter, counts, err, total)
		}
		want := cut(q, keys)
		found, err := v.Find(ctx, []db.ContactQuery{q}, m.fetch)
		if err != nil {
			r.Fatal(err)
		}
		var got []string
		for _, ref := range found[0].Contacts {
			got = append(got, ref.ID)
		}
		if !slices.Equal(got, want.ids) || found[0].More != want.more || found[0].Total != total {
			r.Fatalf("%#v\n got %v %v of %d\nwant %v %v of %d", q, got, found[0].More, found[0].Total, want.ids, want.more, total)
		}
		explanation, err := v.Explain(ctx, q.Filter, m.fetch)
		if err != nil || explanation.Matching != total {
			r.Fatalf("explained %+v, %v", explanation, err)
		}
		if whole := explanation.Steps[0]; whole.Matching > total || whole.Matching+whole.Undecided < total {
			r.Fatalf("explained %+v, want %d", whole, total)
		}
		m.compareValues(ctx, r, dbtest.DrawValuesQuery(r, "custom.long", "custom.b.a"))
	}
}

// compareValues asks for the values and ranges of a path.
func (m *model) compareValues(ctx context.Context, r rapid.TB, q db.ValuesQuery) {
	got, err := m.index.Current().Values(ctx, q, m.fetch)
	if want := dbtest.FieldValues(maps.Values(m.contacts), q); err != nil || !slices.Equal(got, want) {
		r.Fatalf("%+v\n got %v, %v\nwant %v", q, got, err, want)
	}
	ranges, err := m.index.Current().Ranges(ctx, q.Path, m.fetch)
	if want := dbtest.FieldRanges(maps.Values(m.contacts), q.Path); err != nil || !maps.Equal(ranges, want) {
		r.Fatalf("%s\n got %v, %v\nwant %v", q.Path, ranges, err, want)
	}
}

func (m *model) query(r *rapid.T) db.ContactQuery {
	q := db.ContactQuery{Filter: drawFilter(r)}
	for range rapid.IntRange(0, 3).Draw(r, "terms") {
		path := rapid.SampledFrom([]string{"email", "custom.a", "custom.b", "custom.a.b", "custom.long", "custom.0", "createdAt", "custom.c.a"}).Draw(r, "path")
		q.Sort = append(q.Sort, db.SortTerm{Path: filter.MustPath(path), Descending: rapid.Bool().Draw(r, "descending")})
	}
	q.Page = db.Page{Limit: rapid.IntRange(0, 5).Draw(r, "limit"), Backward: rapid.Bool().Draw(r, "backward")}
	ids := slices.Sorted(keys(m.contacts))
	bound := func(name string) *db.Key {
		if len(ids) == 0 || rapid.IntRange(0, 2).Draw(r, name) > 0 {
			return nil
		}
		c := m.contacts[rapid.SampledFrom(ids).Draw(r, name+" at")]
		if rapid.Bool().Draw(r, name+" gone") {
			c = drawContact(r, c.ID+"x", 1)
		}
		key := q.Sort.Key(c)
		return &key
	}
	q.Page.After, q.Page.Before = bound("after"), bound("before")
	return q
}

type cutting struct {
	ids  []string
	more bool
}

// cut sorts all and takes the page.
func cut(q db.ContactQuery, keys []db.Key) cutting {
	keys = slices.DeleteFunc(keys, func(k db.Key) bool {
		return q.Page.After != nil && q.Sort.Compare(k, *q.Page.After) <= 0 || q.Page.Before != nil && q.Sort.Compare(k, *q.Page.Before) >= 0
	})
	slices.SortFunc(keys, q.Sort.Compare)
	var c cutting
	if c.more = len(keys) > q.Page.Limit; c.more {
		if q.Page.Backward {
			keys = keys[len(keys)-q.Page.Limit:]
		} else {
			keys = keys[:q.Page.Limit]
		}
	}
	for _, k := range keys {
		c.ids = append(c.ids, k.ID)
	}
	return c
}

// TestMergeOfFullBlocks merges blocks until they are as large as they become, and changes contacts all over meanwhile.
func TestMergeOfFullBlocks(t *testing.T) {
	const contacts, commit = 3 * maxRows / 2, 1_000
	m := &model{contacts: map[string]*db.Contact{}, index: newIndex()}
	defer m.index.Close()
	for start := 0; start < contacts; start += commit {
		var changes []Change
		for i := start; i < start+commit; i++ {
			changes = append(changes, m.put(t, i, 1))
			if i%7 == 0 && i > 10*commit {
				changes = append(changes, m.put(t, i-10*commit, 2))
			}
		}
		m.index.Apply(changes)
	}
	for m.index.flush() != nil || m.index.merge() != nil {
		time.Sleep(time.Millisecond)
	}
	blocks := m.index.Current().blocks
	for _, p := range blocks {
		if p.rows > maxRows {
			t.Errorf("a block has %d rows", p.rows)
		}
	}
	if most := 24; len(blocks) > most {
		t.Errorf("there are %d blocks, want at most %d", len(blocks), most)
	}
	for _, n := range []int64{1, 2} {
		f := filter.Has{Path: filter.MustPath("custom.version"), Test: filter.NewOneOf([]any{n}, false)}
		want := int64(0)
		for _, c := range m.contacts {
			if filter.Match(f, c) {
				want++
			}
		}
		counts, err := m.index.Current().Count(t.Context(), []filter.Node{f}, m.fetch)
		if err != nil || counts[0] != want {
			t.Errorf("counted %v of version %d, %v; want %d", counts, n, err, want)
		}
	}
}

func (m *model) put(t *testing.T, i int, version int64) Change {
	c := &db.Contact{ID: fmt.Sprintf("con_%07d", i), Version: version, Status: db.Pending, Tags: []string{}, Custom: filter.Object{
		"version": version, "number": int64(i), "text": fmt.Sprint("text ", i%1000), "orders": []any{filter.Object{"total": int64(i % 100)}},
	}}
	m.contacts[c.ID] = c
	return Change{c.ID, c, encode(t, c)}
}

// TestKeysThatAreData is about objects with more keys than there are fields for, on their own and in lists.
func TestKeysThatAreData(t *testing.T) {
	const contacts = 2 * db.MaxKeys
	m := &model{contacts: map[string]*db.Contact{}, index: newIndex()}
	defer m.index.Close()
	var changes []Change
	for i := range contacts {
		key := fmt.Sprint("key", i)
		c := &db.Contact{ID: fmt.Sprintf("con_%03d", i), Version: 1, Status: db.Pending, Tags: []string{}, Custom: filter.Object{
			"few":    filter.Object{"n": int64(i % 3)},
			"data":   filter.Object{key: filter.Object{"n": int64(i)}, "all": int64(i % 5)},
			"inList": []any{filter.Object{key: int64(i), "all": int64(i % 5)}},
		}}
		m.contacts[c.ID] = c
		changes = append(changes, Change{c.ID, c, encode(t, c)})
	}
	m.index.limits.fresh = contacts
	m.index.Apply(changes)
	for m.index.flush() != nil || m.index.merge() != nil {
		time.Sleep(time.Millisecond)
	}
	is := func(path string, n int) filter.Node {
		return filter.Has{Path: filter.MustPath(path), Test: filter.NewOneOf([]any{int64(n)}, false)}
	}
	for _, c := range []struct {
		filter filter.Node
		want   int64
		method db.Method
	}{
		{is("custom.few.n", 1), 67, db.ByIndex},
		{is("custom.data.key7.n", 7), 1, db.ByScan},
		{is("custom.data.all", 2), 40, db.ByScan},
		{is("custom.inList.key7", 7), 1, db.ByScan},
		{filter.Not{Node: is("custom.inList.all", 2)}, 160, db.ByScan},
		{filter.And{is("custom.few.n", 1), is("custom.data.key7.n", 7)}, 1, db.ByCandidates},
		{filter.Any{Path: filter.MustPath("custom.inList"), Match: is("key7", 7)}, 1, db.ByScan},
		{filter.Many{Of: filter.Any{Path: filter.MustPath("custom.inList"), Match: is("all", 3)}, Min: 1}, 40, db.ByScan},
		{filter.Many{Of: is("custom.data.all", 3).(filter.Has), Min: 1}, 40, db.ByScan},
	} {
		explanation, err := m.index.Current().Explain(t.Context(), c.filter, m.fetch)
		if err != nil || explanation.Matching != c.want || explanation.Steps[0].Method != c.method {
			t.Errorf("%v: got %+v, %v; want %d by %s", c.filter, explanation, err, c.want, c.method)
		}
	}
	for _, path := range []string{"custom.few.n", "custom.data.key7.n", "custom.data.all", "custom.inList.key7", "custom.inList.all"} {
		m.compareValues(t.Context(), t, db.ValuesQuery{Path: filter.MustPath(path), First: db.MaxValues})
	}
	q := db.ContactQuery{Filter: is("custom.few.n", 1), Page: db.Page{Limit: 3}, Sort: db.Sort{{Path: filter.MustPath("custom.data.all"), Descending: true}}}
	var keys []db.Key
	for _, c := range m.contacts {
		if filter.Match(q.Filter, c) {
			keys = append(keys, q.Sort.Key(c))
		}
	}
	found, err := m.index.Current().Find(t.Context(), []db.ContactQuery{q}, m.fetch)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range cut(q, keys).ids {
		if found[0].Contacts[i].ID != id {
			t.Errorf("contact %d is %s, want %s", i, found[0].Contacts[i].ID, id)
		}
	}
}
