package command_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"segmentql/command"
	"segmentql/db/mongodb/mongotest"
)

// patience is how long anything that should happen may take before a test gives up.
const patience = 30 * time.Second

// asProgram makes the test binary the program itself, for tests that need a process of their own.
const asProgram = "SEGMENTQL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if name == "MONGODB_URI" || strings.HasPrefix(name, "SEGMENTQL_") && name != asProgram {
			_ = os.Unsetenv(name) // tests are not to depend on what the machine has set
		}
	}
	if os.Getenv(asProgram) != "" {
		if command.Run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program is a command line that was started.
type program struct {
	stdout, stderr output
	interrupt      context.CancelFunc
	ended          chan struct{}
	err            error // once it has ended
}

// start starts a command line. When the test ends, so does it.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{interrupt: cancel, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		p.err = command.Run(ctx, slices.Concat([]string{"segmentql"}, args), strings.NewReader(""), &p.stdout, &p.stderr)
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// startProcess starts a command line of the program as a process of its own. When the test ends, so does it.
func startProcess(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	cmd.Env = append(os.Environ(), asProgram+"=1")
	p := &program{interrupt: func() { _ = cmd.Process.Signal(os.Interrupt) }, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		p.err = cmd.Wait()
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop interrupts the program and waits until it has ended.
func (p *program) stop(t *testing.T) {
	t.Helper()
	p.interrupt()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Errorf("the program did not end; it wrote\n%s", p.stderr.String())
	}
}

// await returns what the pattern matches in the output, as soon as it does. A text that must not be written to stdout
// meanwhile may be given.
func (p *program) await(t *testing.T, o *output, pattern string, not ...string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.After(patience)
	for {
		written, printed := o.next(), p.stdout.next()
		for _, text := range not {
			if strings.Contains(p.stdout.String(), text) {
				t.Fatalf("it wrote %s", p.stdout.String())
			}
		}
		if found := re.FindStringSubmatch(o.String()); found != nil {
			return found
		}
		select {
		case <-written:
		case <-printed:
		case <-p.ended:
			if re.MatchString(o.String()) {
				continue
			}
			t.Fatalf("the program ended before it wrote %q: %v\n%s", pattern, p.err, p.stderr.String())
		case <-late:
			t.Fatalf("%q was not written, but\n%s\n%s", pattern, p.stdout.String(), p.stderr.String())
		}
	}
}

// run runs a command line to its end.
func run(t *testing.T, stdin io.Reader, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs output
	err = command.Run(t.Context(), slices.Concat([]string{"segmentql"}, args), stdin, &out, &errs)
	return out.String(), errs.String(), err
}

// mustRun is run for what must not fail.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, err := run(t, strings.NewReader(""), args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	return stdout
}

// eachStore runs a test on both stores; flags name an empty store that nobody else uses.
func eachStore(t *testing.T, test func(t *testing.T, flags []string)) {
	t.Helper()
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, []string{"--data", t.TempDir()})
	})
	t.Run("mongodb", func(t *testing.T) {
		t.Parallel()
		test(t, []string{"--mongodb-uri", mongotest.Database(t)})
	})
}

// output is what a program writes while tests read it.
type output struct {
	mu      sync.Mutex
	text    []byte
	waiting []chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	for _, w := range o.waiting {
		close(w)
	}
	o.waiting = nil
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

// next is closed by the next write.
func (o *output) next() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := make(chan struct{})
	o.waiting = append(o.waiting, w)
	return w
}

// eventually asks until the answer is yes. It is for what other processes and the runtime do in their own time.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !is() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("it did not come about that %s", what)
		}
	}
}
