package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Limits of a server's process.
const (
	operationTimeout = 5 * time.Minute // of one request: a scan of millions takes its time
	stopTimeout      = 30 * time.Second
	readyInterval    = time.Millisecond
)

// process is a server in a process of its own.
type process struct {
	url    string
	ready  time.Duration // from the start of the process until it could answer
	id     int
	client *http.Client
	cancel context.CancelFunc
	wait   func() error
}

var listening = regexp.MustCompile(`SegmentQL listens on (\S+)`)

// startProcess starts this program as a server of the data and waits until it can answer.
func startProcess(ctx context.Context, data string) (*process, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	c := exec.CommandContext(ctx, executable, "serve", "--addr", "127.0.0.1:0", "--data", data, "--timeout", operationTimeout.String()) //nolint:gosec // this program
	c.Env = append(withoutSettings(os.Environ()), asServer+"=1")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = stopTimeout
	var log strings.Builder
	c.Stderr = &lastLines{text: &log}
	stdout, err := c.StdoutPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	begin := time.Now()
	if err := c.Start(); err != nil {
		cancel()
		return nil, err
	}
	p := &process{
		id: c.Process.Pid, cancel: cancel, wait: c.Wait,
		client: &http.Client{Transport: &http.Transport{
			MaxIdleConnsPerHost: clients,
			DisableCompression:  true, // there is no network to save
		}, Timeout: operationTimeout},
	}
	for lines := bufio.NewScanner(stdout); p.url == "" && lines.Scan(); {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			p.url = found[1]
		}
	}
	if p.url != "" {
		err = p.awaitReady(ctx)
	} else {
		err = errors.New("the server does not say where it listens")
	}
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", errors.Join(err, p.stop()), log.String())
	}
	p.ready = time.Since(begin)
	return p, nil
}

// withoutSettings leaves out what would make the server another one than the one to be measured, such as a MongoDB.
func withoutSettings(environment []string) []string {
	return slices.DeleteFunc(environment, func(setting string) bool {
		return strings.HasPrefix(setting, "SEGMENTQL_") || strings.HasPrefix(setting, "MONGODB_URI=")
	})
}

// awaitReady ends when the server is ready, or ctx ends.
func (p *process) awaitReady(ctx context.Context) error {
	again := time.NewTicker(readyInterval)
	defer again.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		response, err := p.client.Do(request)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}

// stop ends the process, and fails if it did not end well.
func (p *process) stop() error {
	p.client.CloseIdleConnections()
	p.cancel()
	if err := p.wait(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the server did not end well: %w", err)
	}
	return nil
}

// lastLines keeps the end of what a server logs, for when it fails.
type lastLines struct{ text *strings.Builder }

const logKept = 4 << 10 // bytes, or up to twice as many

func (l *lastLines) Write(p []byte) (int, error) {
	if l.text.Len() > logKept {
		l.text.Reset()
	}
	return l.text.Write(p)
}
