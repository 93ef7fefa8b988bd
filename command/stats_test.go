package command_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// TestMetrics scrapes a server that answered a request.
func TestMetrics(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, append(flags, "--admin-addr", "127.0.0.1:0")...)
		load(t, s, people)
		admin := &server{s.program, s.await(t, &s.stderr, `url=(http://\S+)/metrics`)[1]}
		got := admin.do(t, "GET", "/metrics", "")
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(got.body))
		if got.status != http.StatusOK || err != nil {
			t.Fatalf("status %d, %v\n%s", got.status, err, got.body)
		}
		for _, name := range []string{"go_goroutines", "process_open_fds", "segmentql_index_load_seconds"} {
			if families[name] == nil {
				t.Errorf("there is no %s", name)
			}
		}
		var routes []string
		for _, m := range families["segmentql_http_request_duration_seconds"].GetMetric() {
			routes = append(routes, m.GetLabel()[0].GetValue()+" "+m.GetLabel()[1].GetValue())
			if m.GetHistogram().GetSampleCount() == 0 {
				t.Errorf("%s was not asked", routes[len(routes)-1])
			}
		}
		if want := "/graphql 200"; strings.Join(routes, ", ") != want {
			t.Errorf("counted requests of %q, want %q", routes, want)
		}
		if got := s.do(t, "GET", "/metrics", ""); got.status != http.StatusNotFound {
			t.Errorf("/metrics of the API: status %d", got.status)
		}
		if got := admin.do(t, "GET", "/metrics", "", "Host: evil.example"); got.status != http.StatusMisdirectedRequest {
			t.Errorf("/metrics of another host: status %d", got.status)
		}
	})
}

func TestStats(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		load(t, s, people)
		s.stop(t)
		out := mustRun(t, append([]string{"stats", "--json"}, flags...)...)
		var stats struct{ Workspaces []any }
		if err := json.Unmarshal([]byte(out), &stats); err != nil || stats.Workspaces == nil {
			t.Errorf("%v\n%s", err, out)
		}
		if out := mustRun(t, append([]string{"stats"}, flags...)...); out == "" {
			t.Error("there is no table")
		}
	})
}

// TestStatsOfARunningServer tells where to look instead.
func TestStatsOfARunningServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serve(t, "--data", dir)
	_, stderr, err := run(t, strings.NewReader(""), "stats", "--data", dir)
	if err == nil || !strings.Contains(stderr, "in use by another SegmentQL process") || !strings.Contains(stderr, "/metrics of its --admin-addr") {
		t.Errorf("%v\n%s", err, stderr)
	}
}

func TestAdminAddressIsLocal(t *testing.T) {
	t.Parallel()
	_, stderr, err := run(t, strings.NewReader(""), "serve", "--addr", "127.0.0.1:0", "--admin-addr", "0.0.0.0:0", "--data", t.TempDir())
	if err == nil || !strings.Contains(stderr, "can be reached from other machines") {
		t.Errorf("%v\n%s", err, stderr)
	}
}
