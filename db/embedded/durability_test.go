package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
)

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	w := store.Workspace("w")
	instant := time.Date(2026, 3, 1, 9, 0, 0, 123_000_000, time.UTC)
	email, first, phone, status, tags := "ada@example.com", "Ada 🦉", "+44 1", db.Complained, []string{"b", "a"}
	patch := db.ContactPatch{
		Email: &email, FirstName: &first, Phone: &phone, Status: &status, SubscribedAt: &instant, Tags: &tags,
		Custom: filter.Object{
			"large": int64(1<<53 + 1), "least": int64(math.MinInt64), "small": int64(1),
			"double": 0.1, "whole": 2.0, "negativeZero": math.Copysign(0, -1), "tiny": 5e-324,
			"day": filter.NewDate(1815, time.December, 10), "instant": instant, "yes": true, "no": false, "null": nil, "blank": "",
			"list": []any{int64(1), 1.0, "1", nil, []any{[]any{}, int64(2)}, filter.Object{"day": filter.NewDate(2024, 2, 29)}},
			"none": []any{}, "object": filter.Object{}, "nested": filter.Object{"deeper": filter.Object{"list": []any{false}}},
			"data": filter.Object{"0": "a key like a position", "ключ": int64(3)},
		},
	}
	contact, err := w.CreateContact(t.Context(), patch)
	if err != nil {
		t.Fatal(err)
	}
	name, text := "Everybody", json.RawMessage(`{ "and" : [ ] }`)
	segment, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: &name, Filter: text})
	if err != nil {
		t.Fatal(err)
	}
	declaration := db.FieldDeclaration{Path: filter.MustPath("custom.small"), Type: filter.KindNumber, Label: "Small", Description: "A number"}
	if _, err := w.DeclareField(t.Context(), declaration); err != nil {
		t.Fatal(err)
	}
	fields := catalogue(t, w).Fields()
	closeStore(t, store)

	w = open(t, dir).Workspace("w")
	read, err := w.ContactByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(read, contact) {
		t.Errorf("got  %#v\nwant %#v", read, contact)
	}
	if zero := read.Custom["negativeZero"].(float64); !math.Signbit(zero) {
		t.Error("-0 became 0")
	}
	segments, err := w.Segments(t.Context())
	if err != nil || len(segments) != 1 || !reflect.DeepEqual(segments[0], segment) {
		t.Errorf("got %v, %v, want %v", segments, err, segment)
	}
	if got := catalogue(t, w).Fields(); !reflect.DeepEqual(got, fields) {
		t.Errorf("got  %v\nwant %v", got, fields)
	}
}

func catalogue(t *testing.T, w db.Workspace) *db.Catalogue {
	t.Helper()
	c, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// writeAndAcknowledge writes until it is killed and prints the ID of everything that it was told is written.
func writeAndAcknowledge(dir string) error {
	store, err := embedded.Open(context.Background(), dir, time.Now)
	if err != nil {
		return err
	}
	w := store.Workspace("w")
	failed := make(chan error)
	go func() {
		for {
			c, err := w.CreateContact(context.Background(), db.ContactPatch{Custom: filter.Object{"single": true}})
			if err != nil {
				failed <- err
			}
			fmt.Println(c.ID)
		}
	}()
	go func() {
		for i := os.Getpid() * 1_000_000; ; i += 20 {
			results, err := w.UpsertContacts(context.Background(), customers(i, i+20), db.Upsert)
			if err != nil {
				failed <- err
			}
			for _, r := range results {
				fmt.Println(r.Contact.ID)
			}
		}
	}()
	return <-failed
}

func TestKilledProcessLosesNothing(t *testing.T) {
	dir := t.TempDir()
	var acknowledged []string
	for range 6 {
		writer := child("writer", dir)
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		said.Scan()
		first := said.Text()
		timer := time.AfterFunc(time.Duration(rand.IntN(250))*time.Millisecond, func() { _ = writer.Process.Kill() })
		all := append(lines(said), first)
		_ = writer.Wait() // it was killed
		timer.Stop()
		for _, line := range all {
			const complete = len(db.ContactID) + 26
			if len(line) == complete {
				acknowledged = append(acknowledged, line)
			} else if strings.HasPrefix(line, "error") {
				t.Fatal(line)
			}
		}

		store := open(t, dir)
		w := store.Workspace("w")
		contacts, err := w.ContactsByID(t.Context(), acknowledged)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range contacts {
			if c == nil {
				t.Errorf("%s was acknowledged and is lost", acknowledged[i])
			}
		}
		if known, _ := catalogue(t, w).Known("custom.orders.items"); !known && len(acknowledged) > 20 {
			t.Error("the fields of the contacts are lost")
		}
		closeStore(t, store)
	}
	t.Logf("%d writes were acknowledged", len(acknowledged))
	if len(acknowledged) == 0 {
		t.Error("no write was acknowledged")
	}
	if log, err := os.Stat(filepath.Join(dir, databaseFile+"-wal")); err == nil && log.Size() > 0 {
		t.Errorf("Close left %d bytes in the log", log.Size())
	}
}
