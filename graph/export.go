package graph

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
	"segmentql/transfer"
)

// maxExports is how many exports there may be at once: for each the store keeps a moment as long as its client reads.
const maxExports = 4

// NewExportHandler returns the handler of exports, which are files of contacts:
//
//	GET /export/segments/{id}                                    the members of a segment
//	GET /export/contacts?filter=&search=                         the contacts that match; all without a filter
//	GET /export/audience?include=&exclude=&subscribedOnly=true   the audience of segments
//
// All take format=csv or jsonl, and columns. An export has no deadline. Where one fails after it has begun its connection
// is aborted, so that no client takes what it got for the whole.
func NewExportHandler(o Options) http.Handler {
	o.zones = &filter.Zones{}
	e := &exports{o, make(chan struct{}, maxExports)}
	mux := http.NewServeMux()
	mux.Handle("GET /export/segments/{id}", e.handler(membersOf))
	mux.Handle("GET /export/contacts", e.handler(matching, "filter", "search"))
	mux.Handle("GET /export/audience", e.handler(audienceOf, "include", "exclude", "subscribedOnly", "filter", "search"))
	return mux
}

// exports are those that are under way.
type exports struct {
	Options
	underWay chan struct{} // an element for each
}

// exported are the contacts of an export, and the name of the file.
type exported struct {
	node filter.Node
	name string
}

// chooser says whom a request is about.
type chooser func(ctx context.Context, r *http.Request, q url.Values) (exported, error)

// handler takes parameters of those names and no others.
func (e *exports) handler(choose chooser, parameters ...string) http.Handler {
	parameters = append(parameters, "format", "columns")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(db.AsOf(r.Context(), e.Now()), requestIDKey{}, rand.Text())
		w.Header().Set("X-Request-Id", requestID(ctx))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		f := &file{ResponseWriter: w}
		if err := e.export(withRequest(ctx, e.Options), f, r, choose, parameters); err != nil {
			e.fail(ctx, f, err)
		}
	})
}

func (e *exports) export(ctx context.Context, f *file, r *http.Request, choose chooser, parameters []string) error {
	q, err := readExport(r.URL.RawQuery, parameters)
	if err != nil {
		return err
	}
	who, err := choose(ctx, r, q)
	if err != nil {
		return err
	}
	select {
	case e.underWay <- struct{}{}:
		defer func() { <-e.underWay }()
	default:
		return db.Errorf(db.Unavailable, "%d exports are under way, which is the most; try again when one of them has ended", maxExports)
	}
	o := transfer.ExportOptions{Format: transfer.CSV, Columns: listed(q, "columns")}
	if q.Has("format") {
		o.Format = transfer.Format(q.Get("format"))
	}
	f.format, f.name = o.Format, who.name+"-"+db.Now(ctx, e.Now).UTC().Format("2006-01-02")
	if r.Method == http.MethodHead {
		f.begin()
		return nil
	}
	if _, err := transfer.Export(ctx, e.Workspace, who.node, f, o); err != nil {
		return err
	}
	f.begin() // a file may be empty
	return nil
}

// fail tells the client of an error: by a status where there is still time, else by an answer that has no end.
func (e *exports) fail(ctx context.Context, f *file, err error) {
	if f.begun {
		e.Log.WarnContext(ctx, "an export was cut off", "requestId", requestID(ctx), "cause", err)
		panic(http.ErrAbortHandler)
	}
	Refuse(ctx, f.ResponseWriter, e.Log, err)
}

// readExport reads the parameters of a URL. One that is not known, or is empty, is a mistake: misspelt or forgotten, it
// would let in those whom it was to keep out.
func readExport(query string, known []string) (url.Values, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return nil, db.Errorf(db.BadInput, "the parameters of the URL cannot be read; encode what is no letter or digit")
	}
	for name, values := range q {
		switch {
		case !slices.Contains(known, name):
			return nil, db.Errorf(db.BadInput, "there is no parameter %q; there are %s", name, strings.Join(known, ", ")).At(name)
		case slices.Contains(values, ""):
			return nil, db.Errorf(db.BadInput, "the parameter %s is empty; give it a value, or leave it out", name).At(name)
		case len(values) > 1 && !slices.Contains([]string{"include", "exclude", "columns"}, name):
			return nil, db.Errorf(db.BadInput, "the parameter %s is given twice", name).At(name)
		}
	}
	return q, nil
}

// listed returns what stands in a parameter, separated by commas.
func listed(q url.Values, name string) []string {
	if !q.Has(name) {
		return nil
	}
	return strings.Split(strings.Join(q[name], ","), ",")
}

func membersOf(ctx context.Context, r *http.Request, _ url.Values) (exported, error) {
	request := requestOf(ctx)
	s, err := segment.Find(ctx, request.workspace, r.PathValue("id"))
	if err != nil {
		return exported{}, at(err, "id")
	}
	node, err := request.node(&Segment{Segment: s})
	return exported{node, fileName(s.Name)}, err
}

func matching(ctx context.Context, _ *http.Request, q url.Values) (exported, error) {
	node, err := narrowed(requestOf(ctx), q)
	return exported{node, "contacts"}, err
}

func audienceOf(ctx context.Context, _ *http.Request, q url.Values) (exported, error) {
	a := segment.Audience{Include: listed(q, "include"), Exclude: listed(q, "exclude"), SubscribedOnly: true}
	var onlyErr error
	if q.Has("subscribedOnly") {
		if a.SubscribedOnly, onlyErr = strconv.ParseBool(q.Get("subscribedOnly")); onlyErr != nil {
			onlyErr = db.Errorf(db.BadInput, "subscribedOnly is true or false").At("subscribedOnly")
		}
	}
	request := requestOf(ctx)
	audience, audienceErr := request.audience(a)
	among, amongErr := narrowed(request, q)
	if err := errors.Join(onlyErr, audienceErr, amongErr); err != nil {
		return exported{}, err
	}
	return exported{filter.Conjunction(audience, among), "audience"}, nil
}

// narrowed returns the filter of the parameters filter and search.
func narrowed(r *request, q url.Values) (filter.Node, error) {
	node, searched := filter.Node(everybody), filter.Node(everybody)
	var filterErr, searchErr error
	if q.Has("filter") {
		var f FilterInput
		if decode([]byte(q.Get("filter")), &f.input) != nil {
			filterErr = db.Errorf(db.BadInput, `the filter is not JSON like {"text": {"path": "status", "equals": "SUBSCRIBED"}}`).At("filter")
		} else {
			node, filterErr = r.parse(&f, "filter")
		}
	}
	if q.Has("search") {
		searched, searchErr = segment.Search(q.Get("search"))
	}
	if err := errors.Join(filterErr, searchErr); err != nil {
		return nil, err
	}
	return filter.Conjunction(node, searched), nil
}
