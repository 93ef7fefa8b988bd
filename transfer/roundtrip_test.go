package transfer_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/embedded"
	"segmentql/filter"
	"segmentql/transfer"
)

// TestRoundTrip exports contacts, imports the file into an empty workspace and exports that: the bytes are the same.
func TestRoundTrip(t *testing.T) {
	store, err := embedded.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	workspaces := 0
	empty := func() db.Workspace {
		workspaces++
		return store.Workspace(fmt.Sprint(workspaces))
	}
	jsonLines := transfer.ExportOptions{Format: transfer.JSONLines}
	rapid.Check(t, func(r *rapid.T) {
		ws := empty()
		var patches []db.ContactPatch
		for i := range rapid.IntRange(0, 20).Draw(r, "contacts") {
			if rapid.Bool().Draw(r, "common") {
				patches = append(patches, dbtest.PatchOf(dbtest.DrawDocument(r, i)))
			} else {
				patches = append(patches, drawPatch(r, i))
			}
		}
		results, err := ws.UpsertContacts(t.Context(), patches, db.Upsert)
		if err != nil {
			r.Fatal(err)
		}
		for i, result := range results {
			if result.Err != nil {
				r.Fatalf("%+v: %v", patches[i], result.Err)
			}
		}
		first := export(t, ws, jsonLines)
		again := empty()
		summary, err := transfer.Import(t.Context(), again, strings.NewReader(first), transfer.Options{})
		if want := fmt.Sprintf("%d created, 0 updated, 0 rejected", len(patches)); err != nil || summary.String() != want || len(summary.Declared)+len(summary.Warnings) > 0 {
			r.Fatalf("imported %s, want %s; declared %v, %v, warnings %v\n%s", summary, want, summary.Declared, err, summary.Warnings, first)
		}
		if second := export(t, again, jsonLines); second != first {
			r.Fatalf("exported\n%sand then\n%s", first, second)
		}
	})
}

// drawPatch draws a contact with whatever contacts may have.
func drawPatch(r *rapid.T, i int) db.ContactPatch {
	text := func(name string) *string { return new(rapid.StringN(0, 50, 500).Draw(r, name)) }
	status := rapid.SampledFrom([]db.Status{db.Subscribed, db.Unsubscribed, db.Pending, db.Bounced, db.Complained}).Draw(r, "status")
	at := drawInstant(r)
	p := db.ContactPatch{
		Email: new(fmt.Sprintf("ada%d@example.com", i)), Phone: text("phone"), FirstName: text("first name"), LastName: text("last name"),
		Status: &status, SubscribedAt: &at, Tags: &[]string{}, Custom: filter.Object{},
	}
	for _, tag := range rapid.SliceOfN(rapid.StringN(1, 10, 50), 0, 4).Draw(r, "tags") {
		if strings.TrimSpace(tag) != "" {
			*p.Tags = append(*p.Tags, tag)
		}
	}
	for range rapid.IntRange(0, 5).Draw(r, "fields") {
		p.Custom[drawKey(r)] = drawValue(r, db.MaxCustomDepth-1)
	}
	return p
}

func drawKey(r *rapid.T) string {
	common := rapid.SampledFrom([]string{"a", "b", "_id", "custom", "email", "tags", "a=b", "Ä", "0", "__proto__"})
	key := rapid.OneOf(common, common, rapid.StringN(1, 8, 30)).Draw(r, "key")
	if filter.CheckKey(key) != nil {
		return "else"
	}
	return key
}

func drawInstant(r *rapid.T) time.Time {
	const first, last = -62167219200000, 253402300799999 // the years 0 to 9999
	return time.UnixMilli(rapid.Int64Range(first, last).Draw(r, "instant")).UTC()
}

func drawValue(r *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 11).Draw(r, "kind")
	if depth == 0 && kind > 8 {
		kind = 0
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(r, "boolean")
	case 2:
		return rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, -1, math.MaxInt64, math.MinInt64, 1 << 53, 1<<53 + 1})).Draw(r, "whole")
	case 3:
		return rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{
			0, math.Copysign(0, -1), 5, 1e300, 1e21, 1e20, 1e-7, 1e-6, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1 << 63, -1 << 63, 0.1,
		})).Draw(r, "float")
	case 4:
		return filter.Date(rapid.Int32Range(-719528, 2932896).Draw(r, "day"))
	case 5:
		return drawInstant(r)
	case 6:
		return rapid.SampledFrom([]string{
			"2026-03-01", " 2026-03-01", "2026-03-01T09:00:00Z", "2026-03-01T09:00:00.123456+01:00", "2026-02-30", "0000-01-01", "5", "true", "null", "", " ",
		}).Draw(r, "looks like another type")
	case 7, 8:
		return rapid.String().Draw(r, "text")
	case 9:
		// As deep as it may be.
		v := any([]any{})
		for range depth - 1 {
			v = filter.Object{"d": v}
		}
		return v
	case 10:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(r, "elements") {
			list = append(list, drawValue(r, depth-1))
		}
		return list
	default:
		o := filter.Object{}
		for range rapid.IntRange(0, 3).Draw(r, "members") {
			o[drawKey(r)] = drawValue(r, depth-1)
		}
		return o
	}
}
