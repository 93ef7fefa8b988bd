package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
	"segmentql/sample"
	"segmentql/segment"
	"segmentql/transfer"
)

func demoCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "serve made-up contacts and 20 segments from a store that is deleted in the end",
		Flags: append(serveFlags(),
			&cli.IntFlag{Name: "contacts", Value: 10_000, Usage: "how many contacts to make"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the contacts are made from"},
		),
		Action: func(ctx context.Context, c *cli.Command) error { return demo(ctx, env, c) },
	}
}

func demo(ctx context.Context, env environment, c *cli.Command) error {
	settings, listeners, err := listen(ctx, c)
	if err != nil {
		return err
	}
	defer listeners.close()
	dir, err := os.MkdirTemp("", "segmentql-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	log := env.logger()
	store, err := embedded.Open(ctx, dir, env.now)
	if err != nil {
		return err
	}
	defer closeStore(ctx, store, log)

	w := store.Workspace(workspaceID)
	asOf := env.today()
	if err := loadSample(acting(ctx, c), env, w, c.Uint64("seed"), c.Int("contacts"), asOf); err != nil {
		return err
	}
	counts, err := createDemoSegments(ctx, w, env.now())
	if err != nil {
		return err
	}
	return serve(ctx, settings, listeners, store, env, func(address string) {
		_, _ = fmt.Fprintf(env.stdout, demoText, counts, address, demoQuery)
	})
}

const demoQuery = `{ segments { nodes { name memberCount members(first: 2) { nodes { email firstName custom } } } } }`

const demoText = `
%s
SegmentQL listens on %s
Explore it in the playground: %[2]s/playground
or ask in another terminal:

  curl -s %[2]s/graphql -H 'Content-Type: application/json' \
    -d '{"query": "%[3]s"}'

Ctrl-C ends it and deletes the data.
`

// loadSample imports made-up contacts, just as a file would be.
func loadSample(ctx context.Context, env environment, w db.Workspace, seed uint64, contacts int, asOf time.Time) error {
	_, _ = fmt.Fprintf(env.stderr, "making %d contacts\n", contacts)
	reader, writer := io.Pipe()
	go func() { _ = writer.CloseWithError(sample.WriteJSONLines(writer, seed, contacts, asOf)) }()
	defer func() { _ = reader.Close() }() // ends the writer
	_, err := transfer.Import(ctx, w, reader, transfer.Options{Progress: env.progress("made")})
	return err
}

// createDemoSegments creates the segments and returns a table of them with their members counted.
func createDemoSegments(ctx context.Context, w db.Workspace, now time.Time) (string, error) {
	parser, err := segment.NewParser(ctx, w, now)
	if err != nil {
		return "", err
	}
	segments := sample.Segments()
	var nodes []filter.Node
	for _, s := range segments {
		created, err := w.CreateSegment(ctx, db.SegmentPatch{Name: &s.Name, Description: &s.Description, Filter: json.RawMessage(s.Filter)})
		if err != nil {
			return "", err
		}
		n, err := segment.Node(parser, created)
		if err != nil {
			return "", err
		}
		nodes = append(nodes, n)
	}
	counts, err := w.CountContacts(ctx, nodes)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, s := range segments {
		_, _ = fmt.Fprintf(table, "%s\t%d members\t%s\n", s.Name, counts[i], s.Description)
	}
	err = table.Flush()
	return b.String(), err
}
