package mongodb

import (
	"bytes"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/mongodb/mongotest"
)

// A store has the indexes that the server can have, and says which it cannot; to open another changes nothing.
func TestIndexes(t *testing.T) {
	store, _, log := openWatched(t)
	indexes := func() []string {
		specs, err := store.contacts.Indexes().ListSpecifications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, spec := range specs {
			names = append(names, spec.Name)
		}
		slices.Sort(names)
		return names
	}
	want := []string{
		"_id_",
		"workspace_1__id_1",
		"workspace_1_createdAt_-1__id_1",
		"workspace_1_createdAt_1__id_1",
		"workspace_1_custom.$**_1",
		"workspace_1_email_1",
		"workspace_1_email_1__id_1",
		"workspace_1_firstName_1__id_1",
		"workspace_1_lastName_1__id_1",
		"workspace_1_merged.email_1",
		"workspace_1_merged.id_1",
		"workspace_1_phone_1__id_1",
		"workspace_1_segments_1__id_1",
		"workspace_1_status_1__id_1",
		"workspace_1_subscribedAt_-1__id_1",
		"workspace_1_subscribedAt_1__id_1",
		"workspace_1_tags_1__id_1",
		"workspace_1_updatedAt_-1__id_1",
		"workspace_1_updatedAt_1__id_1",
	}
	if store.isFerretDB1(t.Context()) {
		want = slices.DeleteFunc(want, func(name string) bool { return strings.Contains(name, "$**") || strings.Contains(name, "merged") })
		if lines := strings.Count(log.String(), "\n"); lines != 4 || !strings.Contains(log.String(), "$**") || !strings.Contains(log.String(), "partial") {
			t.Errorf("logged %s", log)
		}
	} else if log.Len() > 0 {
		t.Errorf("logged %s", log)
	}
	if got := indexes(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	store.buildIndexes(t.Context())
	if got := indexes(); !reflect.DeepEqual(got, want) {
		t.Errorf("the second time got %q", got)
	}
}

// Indexes that somebody else made stay as they are, and do not keep the store from opening or from having the others.
func TestForeignIndexes(t *testing.T) {
	uri := mongotest.Database(t)
	first, err := open(t.Context(), uri, time.Now, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close(t.Context()) }()
	if err := first.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	indexes := first.contacts.Indexes()
	if err := indexes.DropAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	own := len(contactIndexes())
	if _, err := indexes.CreateMany(t.Context(), []mongo.IndexModel{
		index(ascending("email")),
		{Keys: bson.D{{Key: "workspace", Value: 1}, {Key: "other", Value: 1}}, Options: options.Index().SetName("workspace_1_tags_1__id_1")},
	}); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	second, err := open(t.Context(), uri, time.Now, slog.New(slog.NewTextHandler(&log, nil)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close(t.Context()) }()
	if err := second.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	specs, err := indexes.ListSpecifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := own + 2; len(specs) < want { // Those on _id and on emails are not among our own.
		t.Errorf("there are %d indexes, want %d", len(specs), want)
	}
	said := []string{"with other options"}
	if !first.isFerretDB1(t.Context()) { // which takes an index for one that is unique if only the keys are the same
		said = append(said, "the index on emails")
	}
	for _, part := range said {
		if strings.Count(log.String(), part) != 1 {
			t.Errorf("does not say %q once: %s", part, &log)
		}
	}
}

func TestUnknownTimeZone(t *testing.T) {
	err := translate(mongo.CommandError{Code: unknownTimeZone, Message: "unrecognized time zone identifier"})
	if db.CodeOf(err) != db.BadInput || !strings.Contains(err.Error(), "time zone") {
		t.Error(err)
	}
}
