package command_test

import (
	"net"
	"strings"
	"testing"
)

// TestRefusals are command lines that cannot work: they end at once, with an error that says why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	closed := closedPort(t)
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"a missing file", []string{"import", "--data", data, "missing.json"}, "missing.json: no such file"},
		{"no file", []string{"import", "--data", data}, "name one file"},
		{"two files", []string{"import", "--data", data, "a", "b"}, "name one file"},
		{"a mapping to an unknown field", []string{"import", "--data", data, "--map", "emial=x", "-"}, `"emial" is not a standard field`},
		{"a field mapped twice", []string{"import", "--data", data, "--map", "email=x,phone=x", "-"}, "mapped once"},
		{"an unknown type", []string{"import", "--data", data, "--type", "custom.zip=ZIP", "-"}, "TEXT, NUMBER"},
		{"an unknown format", []string{"import", "--data", data, "--format", "xml", "-"}, "csv, jsonl and array"},
		{"an address that others can reach", []string{"serve", "--data", data, "--addr", "0.0.0.0:0"}, "no access control yet"},
		{"an address that others can reach, by omission", []string{"serve", "--data", data, "--addr", ":0"}, "no access control yet"},
		{"a name that is not of this machine", []string{"serve", "--data", data, "--addr", "example.com:80"}, "no access control yet"},
		{"no address", []string{"serve", "--data", data, "--addr", "8080"}, "127.0.0.1:8080"},
		{"every origin", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--cors-origins", "*"}, `"*" is not an origin`},
		{"an origin without a scheme", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--cors-origins", "https://a.example,b.example"}, `"b.example" is not an origin`},
		{"an origin with a path", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--cors-origins", "https://a.example/"}, "is not an origin"},
		{"the null origin", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--cors-origins", "null"}, "is not an origin"},
		{"no time", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--timeout", "0s"}, "timeout"},
		{"no bodies", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--max-body", "0"}, "max-body"},
		{"an unknown flag", []string{"serve", "--nope"}, "nope"},
		{"an unknown command", []string{"improt", "--data", data, "--addr", "127.0.0.1:0", "file.json"}, "improt"},
		{"an unknown command without flags", []string{"--data", data, "--addr", "127.0.0.1:0", "frobnicate"}, "frobnicate"},
		{"an argument that serve does not take", []string{"serve", "--data", data, "--addr", "127.0.0.1:0", "extra"}, "extra"},
		{"a dead MongoDB", []string{"serve", "--addr", "127.0.0.1:0", "--mongodb-uri", "mongodb://someone:s3cret@" + closed + "/x?serverSelectionTimeoutMS=300"}, "cannot be reached"},
		{"a dead MongoDB is named", []string{"import", "--mongodb-uri", "mongodb://someone:s3cret@" + closed + "/x?serverSelectionTimeoutMS=300", "-"}, closed},
		{"no MongoDB URI", []string{"serve", "--addr", "127.0.0.1:0", "--mongodb-uri", "mongodb://someone:s3cret@/?x"}, "the MongoDB URI is not valid"},
		{"not a MongoDB", []string{"serve", "--addr", "127.0.0.1:0", "--mongodb-uri", "postgres://someone:s3cret@" + closed}, "the MongoDB URI is not valid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, c.args...)
			p.await(t, &p.stderr, `(?m)^segmentql: `, "listens on")
			<-p.ended
			message := p.stderr.String()
			if _, message, _ = strings.Cut("\n"+message, "\nsegmentql: "); p.err == nil || !strings.Contains(message, c.says) {
				t.Errorf("error %v, message %q, want %q", p.err, message, c.says)
			}
			for _, secret := range []string{"s3cret", "someone", "goroutine"} {
				if strings.Contains(p.stderr.String()+p.stdout.String(), secret) {
					t.Errorf("%q is told: %s", secret, p.stderr.String())
				}
			}
		})
	}
}

func TestDirectoryInUse(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, "--data", data)
	for _, command := range []string{"serve", "import"} {
		args := []string{command, "--data", data}
		if command == "import" {
			args = append(args, "-")
		} else {
			args = append(args, "--addr", "127.0.0.1:0")
		}
		_, stderr, err := run(t, strings.NewReader(""), args...)
		if err == nil || !strings.Contains(stderr, data+" is in use by another SegmentQL process") {
			t.Errorf("%s: %v, %s", command, err, stderr)
		}
	}
	s.stop(t)
	if got := importOf(t, data, `{"email": "a@example.com"}`); got != "1 created, 0 updated, 0 rejected" {
		t.Errorf("after the first one ended: %s", got)
	}
}

// closedPort returns an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
