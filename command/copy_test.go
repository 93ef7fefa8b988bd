package command_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db/mongodb/mongotest"
)

// contactsIn returns the collection of the contacts in the database of a URI.
func contactsIn(t *testing.T, uri string) *mongo.Collection {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	database := regexp.MustCompile(`/(test_\w+)`).FindStringSubmatch(uri)[1]
	return client.Database(database).Collection("contacts")
}

// TestCopy kills a copy to MongoDB, runs it again, and serves both.
func TestCopy(t *testing.T) {
	t.Parallel()
	data, uri := t.TempDir(), mongotest.Database(t)
	const contacts = 3_000
	importOf(t, data, mustRun(t, "generate", "--contacts", fmt.Sprint(contacts)))
	s := serve(t, "--data", data)
	filter := `{text: {path: "custom.plan", equals: "pro"}}`
	created := ask[struct {
		CreateSegment struct{ Segment struct{ ID string } }
	}](t, s,
		`mutation { createSegment(input: {name: "Pro", filter: `+filter+`}) { segment { id } } }`, nil)
	question := `{ contacts(first: 20, orderBy: {path: "email"}) { totalCount nodes { id email custom createdAt updatedAt version } }
		segments { nodes { id name memberCount version createdAt updatedAt } } fields { path types } }`
	want := s.post(t, operation(t, question, nil)).body
	if !strings.Contains(want, created.CreateSegment.Segment.ID) || strings.Contains(want, "errors") {
		t.Fatalf("got %s", want)
	}
	_, stderr, err := run(t, strings.NewReader(""), "copy", "--data", data, "--to", uri)
	if err == nil || !strings.Contains(stderr, "is in use by another SegmentQL process") {
		t.Errorf("while it is served: %v, %s", err, stderr)
	}
	s.stop(t)

	killed := exec.CommandContext(t.Context(), os.Args[0], "copy", "--data", data, "--to", uri)
	killed.Env = append(os.Environ(), asProgram+"=1")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	there := contactsIn(t, uri)
	eventually(t, "the first contacts are copied", func() bool {
		n, err := there.CountDocuments(t.Context(), bson.D{})
		return err == nil && n > 0
	})
	_ = killed.Process.Kill()
	_ = killed.Wait()

	said := mustRun(t, "copy", "--data", data, "--to", uri)
	if !regexp.MustCompile(`(?m)^default +contacts +3000 +[0-9a-f]{64}$`).MatchString(said) ||
		!regexp.MustCompile(`^verified: 30\d\d documents are the same in both stores$`).MatchString(lastLine(said)) {
		t.Errorf("it said\n%s", said)
	}
	s = serve(t, "--mongodb-uri", uri)
	if got := s.post(t, operation(t, question, nil)).body; got != want {
		t.Errorf("the copy answers\n%s\nwant\n%s", got, want)
	}
	s.stop(t)

	var changed struct {
		ID string `bson:"_id"`
	}
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "firstName", Value: "Changed"}}}}
	if err := there.FindOneAndUpdate(t.Context(), bson.D{}, update).Decode(&changed); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := run(t, strings.NewReader(""), "copy", "--data", data, "--to", uri)
	if err == nil || !strings.Contains(stderr, "the document "+changed.ID+" in contacts differs") || strings.Contains(stdout, "verified") {
		t.Errorf("of a changed document it said %v, %s, %s", err, stdout, stderr)
	}
}

func TestCopyRefusals(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	importOf(t, data, `{"email": "a@example.com"}`)
	closed := closedPort(t)
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no target", []string{"copy", "--data", data}, "name the MongoDB to copy to"},
		{"an argument", []string{"copy", "--data", data, "mongodb://localhost"}, "there is no command or argument"},
		{"no store", []string{"copy", "--data", t.TempDir(), "--to", "mongodb://" + closed}, "there is no store in the directory"},
		{"not a MongoDB", []string{"copy", "--data", data, "--to", "postgres://someone:s3cret@" + closed}, "the MongoDB URI is not valid"},
		{"a dead MongoDB", []string{"copy", "--data", data, "--to", "mongodb://someone:s3cret@" + closed + "/x?serverSelectionTimeoutMS=300"}, "cannot be reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, stderr, err := run(t, strings.NewReader(""), c.args...)
			if err == nil || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "s3cret") {
				t.Errorf("error %v, %s, want %q", err, stderr, c.says)
			}
		})
	}
}
