package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
)

// settings are those of a server.
type settings struct {
	address   string
	admin     string   // address; "" for none
	origins   []string // of web pages that may use the API
	timeout   time.Duration
	stall     time.Duration  // ends an answer of which the client has read nothing for so long
	zone      *time.Location // of the workspace
	region    string         // of phones without a country code, "" for none
	maxBody   int64
	maxImport int64 // bytes of a file
	limits    filter.Limits

	keepActivity time.Duration // how long what was done to contacts is shown and kept in the log
}

func serveFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "addr", Sources: cli.EnvVars("SEGMENTQL_ADDR"), Value: "127.0.0.1:8080",
			Usage: "listen on this address; there is no access control yet, so it must be of this machine",
		},
		&cli.StringFlag{
			Name: "admin-addr", Sources: cli.EnvVars("SEGMENTQL_ADMIN_ADDR"),
			Usage: "serve /metrics for Prometheus on this address, which must be of this machine; not at all unless given",
		},
		&cli.StringSliceFlag{
			Name: "cors-origins", Sources: cli.EnvVars("SEGMENTQL_CORS_ORIGINS"),
			Usage: "web pages of these origins may use the API, such as https://app.example.com",
		},
		&cli.DurationFlag{
			Name: "timeout", Sources: cli.EnvVars("SEGMENTQL_TIMEOUT"), Value: graph.DefaultTimeout,
			Usage: "end an operation after this time",
		},
		&cli.Int64Flag{
			Name: "max-body", Sources: cli.EnvVars("SEGMENTQL_MAX_BODY"), Value: graph.DefaultMaxBody,
			Usage: "take at most this many bytes in a request",
		},
		&cli.Int64Flag{
			Name: "max-import", Sources: cli.EnvVars("SEGMENTQL_MAX_IMPORT"), Value: 2 << 30,
			Usage: "take at most this many bytes in a file to import, as it is sent",
		},
		&cli.DurationFlag{
			Name: "activity-retention", Sources: cli.EnvVars("SEGMENTQL_ACTIVITY_RETENTION"), Value: 365 * 24 * time.Hour,
			Usage: "show for so long what was done to contacts, such as 720h; 0s never. A change that is older leaves the log",
		},
		zoneFlag(),
		phoneRegionFlag(),
		limitFlag("max-filter-depth", "SEGMENTQL_MAX_FILTER_DEPTH", filter.MaxDepth, "nest filters at most so deep"),
		limitFlag("max-filter-conditions", "SEGMENTQL_MAX_FILTER_CONDITIONS", filter.MaxConditions, "take at most this many conditions in a filter"),
		limitFlag("max-filter-values", "SEGMENTQL_MAX_FILTER_VALUES", filter.MaxValues, "take at most this many values in a list of a filter"),
		limitFlag("max-filter-pattern", "SEGMENTQL_MAX_FILTER_PATTERN", filter.MaxPattern, "take at most this many characters in a pattern of a filter"),
	}
}

func zoneFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "time-zone", Sources: cli.EnvVars("SEGMENTQL_TIME_ZONE"), Value: "UTC",
		Usage: "days in filters are those of this time zone, where a filter names no other; an IANA name",
	}
}

func phoneRegionFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "phone-region", Sources: cli.EnvVars("SEGMENTQL_PHONE_REGION"),
		Usage: "phones without a country code are of this region, as in GB or US; left as they are unless given",
	}
}

// limitFlag is for a limit that can be lowered.
func limitFlag(name, env string, most int, usage string) cli.Flag {
	return &cli.IntFlag{Name: name, Sources: cli.EnvVars(env), Value: most, Usage: usage + "; the default is the most"}
}

// readSettings checks what the command line and the environment say, and reports all mistakes together.
func readSettings(c *cli.Command) (settings, error) {
	s := settings{
		address:   c.String("addr"),
		admin:     c.String("admin-addr"),
		origins:   c.StringSlice("cors-origins"),
		timeout:   c.Duration("timeout"),
		stall:     stallTimeout,
		maxBody:   c.Int64("max-body"),
		maxImport: c.Int64("max-import"),

		keepActivity: c.Duration("activity-retention"),

		limits: filter.Limits{
			Depth: c.Int("max-filter-depth"), Conditions: c.Int("max-filter-conditions"),
			Values: c.Int("max-filter-values"), Pattern: c.Int("max-filter-pattern"), Text: filter.MaxText,
		},
	}
	var zoneErr error
	if s.zone, zoneErr = filter.ParseZone(c.String("time-zone")); zoneErr != nil {
		zoneErr = fmt.Errorf("--time-zone: %w", zoneErr)
	}
	var regionErr error
	if s.region, regionErr = db.ParsePhoneRegion(c.String("phone-region")); regionErr != nil {
		regionErr = fmt.Errorf("--phone-region: %w", regionErr)
	}
	mistakes := []error{noArguments(c), checkAddress(s.address), zoneErr, regionErr}
	if s.admin != "" {
		mistakes = append(mistakes, checkAddress(s.admin))
	}
	if s.timeout <= 0 {
		mistakes = append(mistakes, errors.New("--timeout must be greater than zero"))
	}
	if s.maxBody <= 0 {
		mistakes = append(mistakes, errors.New("--max-body must be greater than zero"))
	}
	if s.maxImport <= 0 {
		mistakes = append(mistakes, errors.New("--max-import must be greater than zero"))
	}
	if s.keepActivity < 0 {
		mistakes = append(mistakes, errors.New("--activity-retention must not be less than zero"))
	}
	for _, origin := range s.origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" {
			mistakes = append(mistakes, db.Errorf(db.BadInput, "%q is not an origin like https://app.example.com", origin))
		}
	}
	return s, errors.Join(append(mistakes, s.limits.Check())...)
}

// checkAddress keeps the server on this machine.
func checkAddress(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return db.Errorf(db.BadInput, "%q is not an address like 127.0.0.1:8080", address)
	}
	if !isLoopback(host) {
		return db.Errorf(db.BadInput, "the address %s can be reached from other machines, and there is no access control yet; use 127.0.0.1 or localhost", address)
	}
	return nil
}

// listeners are the open addresses of a server.
type listeners struct {
	public net.Listener
	admin  net.Listener // nil where there is none
}

// listen reads the settings and opens the addresses. It comes before all that takes time or leaves traces.
func listen(ctx context.Context, c *cli.Command) (s settings, l listeners, err error) {
	if s, err = readSettings(c); err != nil {
		return s, l, err
	}
	if l.public, err = listenOn(ctx, s.address, "addr"); err != nil || s.admin == "" {
		return s, l, err
	}
	if l.admin, err = listenOn(ctx, s.admin, "admin-addr"); err != nil {
		l.close()
	}
	return s, l, err
}

func listenOn(ctx context.Context, address, flag string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, db.Errorf(db.Unavailable, "cannot listen on %s: %v; choose another address with --%s", address, errors.Unwrap(err), flag)
	}
	return listener, nil
}

func (l listeners) close() {
	_ = l.public.Close()
	if l.admin != nil {
		_ = l.admin.Close()
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
