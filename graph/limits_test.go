package graph_test

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
)

func newHandler(w db.Workspace) http.Handler {
	return graph.NewHandler(graph.Options{Workspace: w, Log: slog.New(slog.DiscardHandler), Now: time.Now, Timeout: time.Minute, MaxBody: 4 << 20})
}

// Of forty fragments, each spreads the next one twice: whoever walks through each spread does not come to an end.
func TestFragmentsOfFragments(t *testing.T) {
	var fragments strings.Builder
	fragments.WriteString(" fragment f0 on ContactConnection { __typename }")
	for i := 1; i <= 40; i++ {
		fmt.Fprintf(&fragments, " fragment f%d on ContactConnection { ...f%[2]d ...f%[2]d }", i, i-1)
	}
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		code        string
	}{
		{"flat", `{ contacts { ...f40 } }` + fragments.String(), nil, "LIMIT_EXCEEDED"},
		{
			"a mistake in a variable", `query($f: FilterInput) { contacts { ...f40 } x: contacts(filter: $f) { totalCount } }` + fragments.String(),
			map[string]any{"f": map[string]any{"and": 1}},
			"BAD_USER_INPUT",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := post(t, newHandler(&recording{}), c.query, c.variables).Body.String(); !strings.Contains(got, `"code":"`+c.code+`"`) {
				t.Errorf("got %.500s", got)
			}
		})
	}
	if got := post(t, newHandler(&recording{}), `{ contacts { ...a ...a } } fragment a on ContactConnection { ...b ...b } fragment b on ContactConnection { totalCount }`, nil).Body.String(); got != `{"data":{"contacts":{"totalCount":0}}}` {
		t.Errorf("got %s", got)
	}
}

// One long contact does not make room for as many as the page has.
func TestOneLongRow(t *testing.T) {
	k := &keeping{contacts: []*db.Contact{{ID: "con_1", Custom: filter.Object{"note": strings.Repeat("x", 500_000)}}}}
	for range 999 {
		k.contacts = append(k.contacts, &db.Contact{ID: "con_2"})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	post(t, newHandler(k), `{ contacts(first: 1000) { nodes { custom } } }`, nil)
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 50<<20 {
		t.Errorf("%d bytes were allocated", allocated)
	}
}

// Long queries are answered, but not kept.
func TestLongQueriesAreNotKept(t *testing.T) {
	handler := newHandler(&recording{})
	persisted := func(query, text string) string {
		t.Helper()
		extensions := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":"%x"}}`, sha256.Sum256([]byte(text)))
		return get(t, handler, query, extensions).Body.String()
	}
	const answer, unknown = `{"data":{"__typename":"Query"}}`, "PERSISTED_QUERY_NOT_FOUND"
	short, long := "{__typename}", "{__typename} #"+strings.Repeat("x", 20_000)
	for range 2 {
		if got := persisted(short, short); got != answer {
			t.Errorf("got %s", got)
		}
		if got := persisted("", short); got != answer {
			t.Errorf("got %s", got)
		}
		if got := persisted(long, long); got != answer {
			t.Errorf("got %s", got)
		}
		if got := persisted("", long); !strings.Contains(got, unknown) {
			t.Errorf("got %s", got)
		}
	}
}
