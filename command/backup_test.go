package command_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// inProcess runs a command line in a process of its own, which must not fail.
func inProcess(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	return string(out)
}

// TestBackupWhileServing makes a backup in another process while people write, serves it, and finds in it all that was
// there before.
func TestBackupWhileServing(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "contacts.backup")
	s := serve(t, "--data", data)
	load(t, s, people)
	segment := `mutation { createSegment(input: {name: "Everybody", filter: {and: []}}) { segment { id } } }`
	ask[any](t, s, segment, nil)

	var writing sync.WaitGroup
	stop, first := make(chan struct{}), make(chan struct{})
	writing.Go(func() {
		for i := 0; ; i++ {
			load(t, s, fmt.Sprintf(`[{"email": "a%d@example.com"}, {"email": "b%d@example.com"}]`, i, i))
			if i == 0 {
				close(first)
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	<-first
	said := inProcess(t, "backup", "--data", data, file)
	close(stop)
	writing.Wait()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`^backed up (\d+) contacts, 1 segments, (\d+) bytes\n$`).FindStringSubmatch(said)
	if found == nil || found[2] != strconv.FormatInt(info.Size(), 10) {
		t.Fatalf("it said %q, the file has %d bytes", said, info.Size())
	}
	contacts, _ := strconv.Atoi(found[1])
	if contacts < 6 || contacts%2 != 0 {
		t.Errorf("the backup has %d contacts, of which 4 and pairs were written", contacts)
	}

	restored := filepath.Join(t.TempDir(), "restored")
	if said := mustRun(t, "restore", "--data", restored, file); !strings.HasPrefix(said, fmt.Sprintf("restored %d contacts, 1 segments, ", contacts)) {
		t.Errorf("it said %q", said)
	}
	again := serve(t, "--data", restored)
	got := ask[struct {
		Segments struct{ Nodes []struct{ MemberCount int } }
		Contact  struct{ FirstName string }
	}](t, again, `{ segments { nodes { memberCount } } contact(email: "ada@example.com") { firstName } }`, nil)
	if len(got.Segments.Nodes) != 1 || got.Segments.Nodes[0].MemberCount != contacts || got.Contact.FirstName != "Ada" {
		t.Errorf("the restored store has %+v, want %d members", got, contacts)
	}
}

func TestBackupRefusals(t *testing.T) {
	t.Parallel()
	data, folder := t.TempDir(), t.TempDir()
	importOf(t, data, `{"email": "a@example.com"}`)
	file := filepath.Join(folder, "backup")
	mustRun(t, "backup", "--data", data, file)
	served := t.TempDir()
	serve(t, "--data", served)
	cut := filepath.Join(folder, "cut")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, whole[:len(whole)-5000], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no file", []string{"backup", "--data", data}, "name one file"},
		{"a file that is there", []string{"backup", "--data", data, file}, "replace it with --force"},
		{"no store", []string{"backup", "--data", folder, filepath.Join(folder, "none")}, "there is no store in the directory"},
		{"no backup", []string{"restore", "--data", t.TempDir()}, "name one backup"},
		{"a missing backup", []string{"restore", "--data", t.TempDir(), filepath.Join(folder, "none")}, "there is no file"},
		{"a cut-off backup", []string{"restore", "--data", t.TempDir(), cut}, "is damaged or cut off"},
		{"not a backup", []string{"restore", "--data", t.TempDir(), "backup_test.go"}, "is not a backup of SegmentQL"},
		{"a store that is there", []string{"restore", "--data", data, file}, "replace the store with --force"},
		{"a store that is served", []string{"restore", "--data", served, "--force", file}, "is in use by another SegmentQL process"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdout, stderr, err := run(t, strings.NewReader(""), c.args...)
			if err == nil || !strings.Contains(stderr, c.says) || stdout != "" {
				t.Errorf("error %v, %s%s, want %q", err, stdout, stderr, c.says)
			}
		})
	}

	mustRun(t, "backup", "--data", data, "--force", file)
	_, stderr, err := run(t, strings.NewReader(""), "restore", "--data", data, "--force", file)
	if kept, _ := filepath.Glob(filepath.Join(data, "segmentql.replaced-*.db")); err != nil || len(kept) != 1 || !strings.Contains(stderr, kept[0]) {
		t.Errorf("it said %s, %v, and kept %v", stderr, err, kept)
	}
}
