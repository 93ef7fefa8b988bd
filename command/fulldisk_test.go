package command_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestFullDisk lets a process of its own write files of a few hundred kilobytes only, and fills them.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatalf("the test needs a shell: %v", err)
	}
	// ulimit counts blocks of 512 bytes; the signal for going over it is ignored, so that writing fails.
	cmd := exec.CommandContext(t.Context(), shell, "-c", `trap '' XFSZ; ulimit -f 1000; exec "$@"`, "sh",
		os.Args[0], "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir())
	s := serving(t, startProcess(t, cmd))

	load(t, s, people)
	create := operation(t, `mutation($t: JSON) { createContact(input: {custom: $t}) { contact { id } } }`, map[string]any{"t": map[string]string{"text": strings.Repeat("x", 50_000)}})
	var got answer
	for range 100 {
		if got = s.post(t, create); strings.Contains(got.body, "errors") {
			break
		}
	}
	names{}.check(t, `[{"code": "UNAVAILABLE", "message": "…disk is full…"}]`, errorsOf(t, got.body))
	wantNothingInternal(t, got.body)
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := s.do(t, "GET", path, ""); got.status != 200 {
			t.Errorf("%s: status %d, %s", path, got.status, got.body)
		}
	}
	ask[any](t, s, `{ contacts(filter: {text: {path: "custom.plan", equals: "pro"}}) { totalCount nodes { email } } }`, nil)
}
