package sample_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"segmentql/sample"
)

var asOf = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func lines(t *testing.T, seed uint64, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := sample.WriteJSONLines(&out, seed, n, asOf); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSameSeedSameContacts fails when contacts change. Then others' expectations of them do too: change the sum here,
// and say so in the change log.
func TestSameSeedSameContacts(t *testing.T) {
	sum := sha256.Sum256(lines(t, 1, 1_000))
	if got, want := hex.EncodeToString(sum[:]), "1aa34a0aa66ad3e613d55263eaec68f2e1d7529cc4f9db2d36350ab206634cd6"; got != want {
		t.Errorf("the first 1,000 contacts of seed 1 have the SHA-256 %s, want %s", got, want)
	}
}

func TestPrefixIsStable(t *testing.T) {
	if !bytes.HasPrefix(lines(t, 7, 300), lines(t, 7, 100)) {
		t.Error("the first 100 of 300 contacts are not the first 100")
	}
	if bytes.Equal(lines(t, 7, 1), lines(t, 8, 1)) {
		t.Error("two seeds have the same first contact")
	}
}

func TestLinesAreContactsInJSON(t *testing.T) {
	text := lines(t, 3, 500)
	if n := bytes.Count(text, []byte("\n")); n != 500 {
		t.Fatalf("there are %d lines", n)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	i := 0
	for want := range sample.Contacts(3, asOf) {
		var got sample.Contact
		if err := decoder.Decode(&got); err != nil {
			if err != io.EOF || i != 500 {
				t.Errorf("after %d contacts: %v", i, err)
			}
			return
		}
		if got.Email != want.Email || got.Custom.Score != want.Custom.Score || len(got.Custom.Orders) != len(want.Custom.Orders) {
			t.Errorf("line %d is %+v, want %+v", i+1, got, want)
		}
		i++
	}
}

// first returns the first n contacts of a seed.
func first(n int, seed uint64) func(yield func(sample.Contact) bool) {
	return func(yield func(sample.Contact) bool) {
		for c := range sample.Contacts(seed, asOf) {
			if n--; n < 0 || !yield(c) {
				return
			}
		}
	}
}

func TestEmailsAreUniqueAndASCII(t *testing.T) {
	seen := map[string]bool{}
	for c := range first(200_000, 1) {
		if seen[c.Email] {
			t.Fatalf("two contacts have the email %s", c.Email)
		}
		seen[c.Email] = true
		if strings.ContainsFunc(c.Email, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsUpper(r) || unicode.IsSpace(r) }) {
			t.Errorf("the email %q is not of small ASCII letters", c.Email)
		}
	}
}

// TestShares holds the shares of contacts of which something is so within loose bounds, in percent.
func TestShares(t *testing.T) {
	const n = 20_000
	counts := map[string]int{}
	scripts := map[string]bool{}
	given, family := map[string]bool{}, map[string]bool{}
	count := func(name string, holds bool) {
		if holds {
			counts[name]++
		}
	}
	for c := range first(n, 1) {
		custom := c.Custom
		_, ageIsText := custom.Age.(string)
		count("gmail", strings.HasSuffix(c.Email, "@gmail.com"))
		count("no phone", c.Phone == "")
		count("subscribed", c.Status == "SUBSCRIBED")
		count("vip", slices.Contains(c.Tags, "vip"))
		count("no tags", len(c.Tags) == 0)
		count("no plan", custom.Plan == "")
		count("free", custom.Plan == "free")
		count("no age", custom.Age == nil)
		count("age in words", ageIsText)
		count("never logged in", custom.LastLoginAt == nil)
		count("churned", custom.Churned != nil && *custom.Churned)
		count("churned unknown", custom.Churned == nil)
		count("no orders", len(custom.Orders) == 0)
		count("many orders", len(custom.Orders) >= 6)
		count("notes", custom.Notes != "")
		count("trial", custom.TrialEndsAt != nil)
		count("names not Latin", strings.ContainsFunc(c.LastName, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }))
		given[c.FirstName], family[c.LastName] = true, true
		for _, r := range c.FirstName + c.LastName {
			for script, table := range unicode.Scripts {
				if r > unicode.MaxASCII && !scripts[script] && unicode.Is(table, r) {
					scripts[script] = true
				}
			}
		}
		if len(c.Tags) > 5 || len(custom.Orders) > 12 || custom.Score < 0 || custom.Score > 100 {
			t.Errorf("out of bounds: %+v", c)
		}
		if (c.SubscribedAt == nil) != (c.Status == "PENDING") {
			t.Errorf("a contact %s subscribed at %v", c.Status, c.SubscribedAt)
		}
	}
	for name, bounds := range map[string][2]int{
		"gmail": {35, 50}, "no phone": {20, 40}, "subscribed": {60, 80}, "vip": {5, 15}, "no tags": {35, 55}, "no plan": {8, 16},
		"free": {35, 55}, "no age": {12, 28}, "age in words": {1, 4}, "never logged in": {15, 25}, "churned": {12, 25},
		"churned unknown": {10, 20}, "no orders": {40, 60}, "many orders": {4, 14}, "notes": {10, 22}, "trial": {15, 35},
		"names not Latin": {30, 55},
	} {
		if share := 100 * counts[name] / n; share < bounds[0] || share > bounds[1] {
			t.Errorf("%s: %d %%, want %d to %d", name, share, bounds[0], bounds[1])
		}
	}
	if len(scripts) < 12 || len(given) < 150 || len(family) < 150 {
		t.Errorf("the names are of %d scripts, there are %d first and %d last names", len(scripts), len(given), len(family))
	}
}

func TestTimesAreAroundAsOf(t *testing.T) {
	for c := range first(5_000, 2) {
		since := asOf.AddDate(-3, 0, -1)
		times := []time.Time{}
		for _, at := range []*time.Time{c.SubscribedAt, c.Custom.LastLoginAt} {
			if at != nil {
				times = append(times, *at)
			}
		}
		for _, o := range c.Custom.Orders {
			times = append(times, o.PlacedAt)
		}
		for _, at := range times {
			if at.Before(since) || at.After(asOf) {
				t.Errorf("%s has a time %s", c.Email, at)
			}
		}
		if at := c.Custom.TrialEndsAt; at != nil && at.Sub(asOf).Abs() > 31*24*time.Hour {
			t.Errorf("the trial of %s ends at %s", c.Email, at)
		}
	}
}

func TestSize(t *testing.T) {
	if size := len(lines(t, 1, 10_000)) / 10_000; size < 700 || size > 1_500 {
		t.Errorf("a contact has %d bytes on average", size)
	}
}

func BenchmarkWriteJSONLines(b *testing.B) {
	b.ReportAllocs()
	if err := sample.WriteJSONLines(io.Discard, 1, b.N, asOf); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
}
