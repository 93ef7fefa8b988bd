package transfer

import (
	"iter"
	"runtime"
	"sync"
)

// portion are rows that go to the store together.
type portion struct {
	rows     []row
	size     int           // bytes of the records
	last     error         // why no portion comes after it: io.EOF, or what keeps the source from being read on
	prepared chan struct{} // is closed when each row has its patch or an error
}

// portions reads a source to its end and yields its portions in order. While one of them is written, those after it are
// read and prepared. However the iteration ends, it has no more use of the source then: it waits for a read under way.
func portions(in reader, m *mapper) iter.Seq[*portion] {
	return func(yield func(*portion) bool) {
		workers := runtime.GOMAXPROCS(0)
		work := make(chan *portion)
		ahead := make(chan *portion, workers) // in order, and so how far the reading may be ahead of the writing
		stop := make(chan struct{})
		var running sync.WaitGroup
		running.Go(func() {
			defer close(ahead)
			defer close(work)
			for more := true; more; {
				p := readPortion(in)
				more = p.last == nil
				select {
				case ahead <- p:
					work <- p
				case <-stop:
					return
				}
			}
		})
		for range workers {
			running.Go(func() {
				for p := range work {
					p.prepare(m)
				}
			})
		}
		defer running.Wait()
		defer close(stop)
		for p := range ahead {
			<-p.prepared
			if !yield(p) {
				return
			}
		}
	}
}

func readPortion(in reader) *portion {
	p := &portion{rows: make([]row, 0, BatchRows), prepared: make(chan struct{})}
	for len(p.rows) < BatchRows && p.size < batchSize {
		rec, err := in.next()
		if err != nil {
			p.last = err
			break
		}
		p.rows = append(p.rows, row{record: rec})
		p.size += len(rec.raw)
	}
	return p
}

func (p *portion) prepare(m *mapper) {
	for i := range p.rows {
		p.rows[i].prepare(m)
	}
	close(p.prepared)
}
