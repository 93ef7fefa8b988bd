package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"segmentql/db"
)

// loadedStore is a store that is loaded as far as a test says, and knows nothing but what that costs.
type loadedStore struct {
	db.Store
	stats  db.Stats
	steps  chan int64 // each is so many contacts more, of 1,000
	loaded atomic.Bool
}

func (s *loadedStore) Workspace(string) db.Workspace           { return noJobs{} }
func (s *loadedStore) Stats(context.Context) (db.Stats, error) { return s.stats, nil }

func (s *loadedStore) Load(ctx context.Context, progress func(done, total int64)) error {
	for done := int64(0); done < 1000; {
		progress(done, 1000)
		select {
		case more := <-s.steps:
			done += more
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	progress(1000, 1000)
	s.loaded.Store(true)
	return nil
}

func (s *loadedStore) Ready(context.Context) error {
	if !s.loaded.Load() {
		return db.Errorf(db.Unavailable, "the store is loading")
	}
	return nil
}

// noJobs is a workspace of which another server runs the jobs.
type noJobs struct{ db.Workspace }

func (noJobs) HoldJobs(context.Context, string, time.Time, time.Time) (bool, error) {
	return false, nil
}

// statsOf are those of a workspace with so many fields, of which the i-th takes 2^20+fields-i bytes.
func statsOf(fields int) db.Stats {
	w := db.WorkspaceStats{ID: "default", Contacts: 7, Bytes: 100}
	for i := range fields {
		f := db.FieldStats{Path: fmt.Sprintf("custom.f%d", i), Values: 3, Contacts: 5, Bytes: int64(1<<20 + fields - i)}
		w.Fields, w.Bytes = append(w.Fields, f), w.Bytes+f.Bytes
	}
	return db.Stats{Workspaces: []db.WorkspaceStats{w}}
}

// serveStore serves a store until the test ends, and returns the URLs of the server and of its metrics.
func serveStore(t *testing.T, store db.Store, stderr io.Writer) (url, admin string, stop func()) {
	t.Helper()
	on := listeners{public: local(t), admin: local(t)}
	ctx, cancel := context.WithCancel(t.Context())
	listening := make(chan string, 1)
	ended := make(chan error, 1)
	env := environment{stderr: stderr, now: time.Now}
	go func() {
		ended <- serve(ctx, settings{timeout: time.Second, stall: 50 * time.Millisecond}, on, store, env, func(url string) { listening <- url })
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return <-listening, "http://" + on.admin.Addr().String(), stop
}

func local(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestReadinessTellsOfLoading(t *testing.T) {
	t.Parallel()
	store := &loadedStore{steps: make(chan int64)}
	url, admin, _ := serveStore(t, store, io.Discard)
	store.steps <- 400
	store.steps <- 0 // has been taken only when the progress of the one before was told
	if status, body := get(t, url+"/readyz"); status != http.StatusServiceUnavailable || body != "loading: 40%\n" {
		t.Errorf("status %d, %q", status, body)
	}
	if status, _ := get(t, url+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: status %d", status)
	}
	if got := scrape(t, admin)["segmentql_index_loaded_ratio{}"]; got != 0.4 {
		t.Errorf("the loaded ratio is %v, want 0.4", got)
	}
	store.steps <- 600
	deadline := time.Now().Add(10 * time.Second)
	for status := 0; status != http.StatusOK; status, _ = get(t, url+"/readyz") {
		if time.Now().After(deadline) {
			t.Fatal("the server does not get ready")
		}
	}
}

func TestLoadingEndsWithTheServer(t *testing.T) {
	t.Parallel()
	store := &loadedStore{steps: make(chan int64)}
	_, _, stop := serveStore(t, store, io.Discard)
	store.steps <- 1
	stop() // returns although the rest is never loaded
	if store.loaded.Load() {
		t.Error("it was loaded")
	}
}

func TestMetricsOfFields(t *testing.T) {
	t.Parallel()
	const fields = maxMetricFields + 5
	_, admin, _ := serveStore(t, &loadedStore{steps: make(chan int64), stats: statsOf(fields)}, io.Discard)
	got := scrape(t, admin)
	for name, want := range map[string]float64{
		`segmentql_contacts{workspace="default"}`:                           7,
		`segmentql_index_bytes{field="custom.f0",workspace="default"}`:      1<<20 + fields,
		`segmentql_index_values{field="custom.f999",workspace="default"}`:   3,
		`segmentql_index_contacts{field="custom.f999",workspace="default"}`: 5,
		`segmentql_index_bytes{field="(others)",workspace="default"}`:       5<<20 + 5 + 4 + 3 + 2 + 1,
		`segmentql_index_values{field="(others)",workspace="default"}`:      15,
		`segmentql_index_bytes{field="(none)",workspace="default"}`:         100,
		`segmentql_index_load_seconds{}`:                                    0,
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s: got %v (%v), want %v", name, v, ok, want)
		}
	}
	series := 0
	for name := range got {
		if strings.HasPrefix(name, "segmentql_index_bytes") {
			series++
		}
	}
	if series != maxMetricFields+2 {
		t.Errorf("%d series of bytes, want %d", series, maxMetricFields+2)
	}
}

// scrape returns the values of all gauges and counters by name and labels.
func scrape(t *testing.T, admin string) map[string]float64 {
	t.Helper()
	status, body := get(t, admin+"/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if status != http.StatusOK || err != nil {
		t.Fatalf("status %d, %v\n%s", status, err, body)
	}
	values := map[string]float64{}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			var labels []string
			for _, label := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", label.GetName(), label.GetValue()))
			}
			values[name+"{"+strings.Join(labels, ",")+"}"] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return values
}

type failingStats struct{ db.Store }

func (failingStats) Stats(context.Context) (db.Stats, error) {
	return db.Stats{}, db.Errorf(db.Unavailable, "the store is away")
}

// What the store cannot say is left out, and all else is there.
func TestMetricsWithoutTheStore(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	recorder := httptest.NewRecorder()
	newMetrics(failingStats{}, &loading{}).handler(logger).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if recorder.Code != http.StatusOK || !strings.Contains(recorder.Body.String(), "go_goroutines") || !strings.Contains(log.String(), "the store is away") {
		t.Errorf("status %d, %.300s\nlog %s", recorder.Code, recorder.Body, log.String())
	}
}

func TestStatsTable(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	clock := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	env := environment{stdout: &stdout, stderr: &stderr, now: func() time.Time { clock = clock.Add(time.Second); return clock }}
	store := &loadedStore{steps: make(chan int64, 1), stats: statsOf(2)}
	store.stats.Workspaces[0].Fields[1].Bytes = 900
	store.steps <- 1000
	if err := writeStats(t.Context(), env, store, false); err != nil {
		t.Fatal(err)
	}
	want := `workspace default: 7 contacts, 2.0 MiB
FIELD      VALUES  CONTACTS  BYTES
custom.f0  3       5         1.0 MiB
custom.f1  3       5         900 B
`
	if stdout.String() != want {
		t.Errorf("got\n%s\nwant\n%s", stdout.String(), want)
	}
	if want := "loaded 1000 of 1000 contacts, 500 a second\n"; !strings.HasSuffix(stderr.String(), want) {
		t.Errorf("progress\n%s\nwant it to end with\n%s", stderr.String(), want)
	}
}
