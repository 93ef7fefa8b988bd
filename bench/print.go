package main

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// print writes the report.
func (r *report) print(out io.Writer, o options) error {
	_, err := fmt.Fprintf(out, "%s contacts on %s\n", thousands(int64(r.contacts)), r.machine)
	if err != nil {
		return err
	}
	for _, t := range []*table{r.whole(), r.latencies(o), r.clientsAtOnce(), r.againstMatcher()} {
		write := t.text
		if o.markdown {
			write = t.markdown
		}
		if err := write(out); err != nil {
			return err
		}
	}
	return nil
}

// whole is about what no filter has a part in.
func (r *report) whole() *table {
	t := &table{title: "The whole", header: []string{"", "figure", "n"}}
	t.add("load, contacts a second", thousands(int64(float64(r.load.rows)/r.load.took.Seconds())), "1")
	t.add("data directory after it, MiB", mebibytes(r.load.bytes), "")
	t.add("start of the server until it is ready, ms", typical(r.server.start), repetitions(r.server.start))
	t.add("resident memory of the server: ready, MiB", mebibytes(r.server.started.now), "1")
	t.add("… after all requests, MiB", mebibytes(r.server.after.now), "1")
	t.add("… at its peak, MiB", mebibytes(r.server.after.peak), "1")
	u := r.updates
	for _, row := range []struct {
		name string
		figures
	}{{"acknowledged", u.acknowledged}, {"and found by the next query", u.visible}} {
		t.add("an update during an import: "+row.name+", p50, ms", typical(row.figures), repetitions(row.figures))
		t.add("… p99, ms", milliseconds(row.percentile(99)), repetitions(row.figures))
	}
	t.add("that import meanwhile, contacts a second", thousands(int64(u.imported)), "1")
	return t
}

// latencies is about one request at a time.
func (r *report) latencies(o options) *table {
	t := &table{
		title: fmt.Sprintf("One at a time, ms (p50 ± half the range of the %d rounds' medians, p99, repetitions n)", o.rounds),
		header: []string{
			"filter", "members", "count p50", "p99", "n", "first page p50", "p99", "n", "request p50", "p99", "n",
		},
	}
	columns := []func(result) figures{
		func(f result) figures { return f.count },
		func(f result) figures { return f.page },
		func(f result) figures { return f.request },
	}
	for _, f := range r.filters {
		cells := []string{f.name, thousands(f.members)}
		for _, column := range columns {
			times := column(f)
			cells = append(cells, typical(times), milliseconds(times.percentile(99)), repetitions(times))
		}
		t.add(cells...)
	}
	middle, worst := []string{"median of the filters", ""}, []string{"worst of the filters", ""}
	for _, column := range columns {
		for _, p := range []float64{50, 99} {
			var of []time.Duration
			for _, f := range r.filters {
				of = append(of, column(f).percentile(p))
			}
			all := figures{of}.all()
			middle = append(middle, milliseconds(percentile(all, 50)))
			worst = append(worst, milliseconds(percentile(all, 100)))
		}
		middle, worst = append(middle, ""), append(worst, "")
	}
	t.add(middle...)
	t.add(worst...)
	return t
}

// clientsAtOnce is about many requests at a time.
func (r *report) clientsAtOnce() *table {
	t := &table{
		title:  fmt.Sprintf("%d clients at once, whole requests", clients),
		header: []string{"filter", "requests a second", "p50, ms", "p99, ms", "n"},
	}
	for _, f := range r.throughput {
		t.add(f.name, fmt.Sprintf("%s ±%s", digits(median(f.rates)), percent(spread(f.rates))),
			milliseconds(f.request.percentile(50)), milliseconds(f.request.percentile(99)), repetitions(f.request))
	}
	return t
}

// againstMatcher is about what an index is worth.
func (r *report) againstMatcher() *table {
	t := &table{
		title: fmt.Sprintf("Count against the matcher on every document, ms (median of n = %d; reading and decoding the documents takes %s more)",
			len(r.passes), typical(r.passes)),
		header: []string{"filter", "matcher", "count p50", "times faster", "with the reading"},
	}
	reading := r.passes.percentile(50)
	for _, f := range r.filters {
		count := f.count.percentile(50)
		t.add(f.name, milliseconds(f.matcher), milliseconds(count),
			digits(float64(f.matcher)/float64(count)), digits(float64(f.matcher+reading)/float64(count)))
	}
	return t
}

// typical is the median with its noise.
func typical(f figures) string { return milliseconds(f.percentile(50)) + " ±" + percent(f.spread()) }

func repetitions(f figures) string { return thousands(int64(len(f.all()))) }

func milliseconds(d time.Duration) string { return digits(float64(d) / float64(time.Millisecond)) }

func mebibytes(n int64) string {
	if n == 0 {
		return unknown
	}
	return digits(float64(n) / (1 << 20))
}

func percent(part float64) string { return strconv.FormatFloat(100*part, 'f', 0, 64) + "%" }

// digits writes three significant digits where the number has a fraction.
func digits(n float64) string {
	switch {
	case n >= 100:
		return thousands(int64(n + 0.5))
	case n >= 10:
		return strconv.FormatFloat(n, 'f', 1, 64)
	case n >= 1:
		return strconv.FormatFloat(n, 'f', 2, 64)
	default:
		return strconv.FormatFloat(n, 'f', 3, 64)
	}
}

func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
