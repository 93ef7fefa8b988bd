package graph

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

// Limits of operations.
const (
	maxTokens      = 15_000  // of a query document
	maxComplexity  = 200_000 // values in a result, see complexity
	cachedQueries  = 1_000
	maxPersisted   = 1_000    // automatic persisted queries
	maxKeptQuery   = 16 << 10 // bytes of a query in either cache
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 4 << 20 // bytes; 1,000 contacts of 4 kB
)

// Options are what the API needs.
type Options struct {
	Workspace db.Workspace
	Jobs      JobRunner // of the workspace
	Log       *slog.Logger
	Now       func() time.Time
	Zone      *time.Location // the workspace's: of days in filters that name no other
	Region    string         // the workspace's: of phones without a country code, see db.ParsePhoneRegion
	Timeout   time.Duration  // of one operation
	MaxBody   int64          // bytes of a request
	Limits    filter.Limits  // of filters that are sent; saved ones were within those of their time

	KeepActivity time.Duration // how old what was done to contacts may be and still be shown

	zones *filter.Zones // of days in filters that name one
}

// parser returns the parser of filters as of the moment of the operation.
func (o Options) parser(ctx context.Context) (segment.Parser, error) {
	p, err := segment.NewParser(ctx, o.Workspace, db.Now(ctx, o.Now))
	p.Zone, p.Zones = o.Zone, o.zones
	return p, err
}

// NewHandler returns the handler of the GraphQL endpoint: queries and mutations by POST, queries by GET.
func NewHandler(o Options) http.Handler {
	o.zones = &filter.Zones{}
	schema := NewExecutableSchema(Config{Resolvers: &Resolver{}, Complexity: complexities()})
	server := handler.New(schema)
	server.AddTransport(transport{schema.Schema(), o})
	server.SetQueryCache(ofShort[*ast.QueryDocument]{
		lru.New[*ast.QueryDocument](cachedQueries), func(query string, _ *ast.QueryDocument) string { return query },
	})
	server.SetParserTokenLimit(maxTokens)
	server.SetErrorPresenter(present(o.Log))
	server.SetRecoverFunc(func(ctx context.Context, panicked any) error {
		o.Log.ErrorContext(ctx, "panic", "requestId", requestID(ctx), "panic", panicked, "stack", string(debug.Stack()))
		return db.Errorf(db.Internal, "internal error").Because(fmt.Errorf("panic: %v", panicked))
	})
	server.Use(extension.Introspection{})
	server.Use(extension.AutomaticPersistedQuery{Cache: ofShort[string]{
		lru.New[string](maxPersisted), func(_, query string) string { return query },
	}})
	server.Use(fragmentLimit{})
	server.Use(extension.FixedComplexityLimit(maxComplexity))
	server.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		ctx = db.Acting(db.AsOf(ctx, o.Now()), db.Actor{Kind: db.APIActor})
		return next(withRequest(ctx, o))
	})
	server.AroundFields(rows{newEncodings()}.middleware)
	server.AroundRootFields(func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
			// Each mutation sees what those before it did.
			ctx = withRequest(ctx, o)
		}
		return next(ctx)
	})
	return limited(o, server)
}

// ofShort is a cache that does not keep what is of long queries: a request may have megabytes in texts and comments.
// Clients send a persisted query that is not kept each time.
type ofShort[T any] struct {
	graphql.Cache[T]
	query func(key string, value T) string
}

// Add keeps a value, unless its query is long.
func (c ofShort[T]) Add(ctx context.Context, key string, value T) {
	if len(c.query(key, value)) <= maxKeptQuery {
		c.Cache.Add(ctx, key, value)
	}
}
