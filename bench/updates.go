package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/sample"
	"segmentql/transfer"
)

// updates are single updates while an import runs.
type updates struct {
	acknowledged figures
	visible      figures // acknowledged, and found by the next query
	imported     float64 // contacts a second meanwhile
}

const (
	importSeed = seed + 1    // of other contacts than those that are there
	importMost = 100_000_000 // which no import reaches before it is stopped

	// Updates are measured for some times longer than what is measured alone: they wait for the import.
	updateTimes = 10
)

// measureUpdates changes one contact again and again while others are imported. It comes last: the contacts are not the
// same after it.
func measureUpdates(ctx context.Context, o options, w db.Workspace, email string, asOf time.Time) (updates, error) {
	contact, err := w.ContactByEmail(ctx, email)
	if err != nil {
		return updates{}, err
	}
	o.time *= updateTimes
	var measured updates
	i := startImport(ctx, w, asOf)
	u := updater{w: w, contact: contact}
	err = i.running()
	if err == nil {
		err = o.eachRound(func(counts bool) error {
			u.acknowledged = nil
			visible, err := o.measure(ctx, func() error { return errors.Join(u.update(ctx), i.ended()) })
			if counts && err == nil {
				measured.acknowledged = append(measured.acknowledged, u.acknowledged)
				measured.visible = append(measured.visible, visible)
			}
			return err
		})
	}
	rate, importErr := i.stop()
	measured.imported = rate
	return measured, errors.Join(err, importErr)
}

// updater changes a contact.
type updater struct {
	w            db.Workspace
	contact      *db.Contact
	updates      int64 // is what the contact is changed to
	acknowledged []time.Duration
}

// update changes the contact, and fails if the next query does not find the change.
func (u *updater) update(ctx context.Context) error {
	u.updates++
	start := time.Now()
	_, err := u.w.UpdateContact(ctx, u.contact.ID, db.ContactPatch{Custom: filter.Object{"updates": u.updates}})
	if err != nil {
		return err
	}
	u.acknowledged = append(u.acknowledged, time.Since(start))
	counts, err := u.w.CountContacts(ctx, []filter.Node{filter.Conjunction(
		filter.Has{Path: filter.MustPath("email"), Test: filter.NewOneOf([]any{u.contact.Email}, false)},
		filter.Has{Path: filter.MustPath("custom.updates"), Test: filter.NewOneOf([]any{u.updates}, false)},
	)})
	if err == nil && counts[0] != 1 {
		err = fmt.Errorf("update %d was acknowledged, and %d contacts have it", u.updates, counts[0])
	}
	return err
}

// backgroundImport is an import under way.
type backgroundImport struct {
	begun  chan struct{} // is closed when contacts were written
	done   chan struct{}
	cancel context.CancelFunc
	rows   int64
	took   time.Duration
	err    error
}

func startImport(ctx context.Context, w db.Workspace, asOf time.Time) *backgroundImport {
	ctx, cancel := context.WithCancel(ctx)
	i := &backgroundImport{begun: make(chan struct{}), done: make(chan struct{}), cancel: cancel}
	reader, writer := io.Pipe()
	go func() { _ = writer.CloseWithError(sample.WriteJSONLines(writer, importSeed, importMost, asOf)) }()
	go func() {
		defer close(i.done)
		defer func() { _ = reader.Close() }() // ends the writer
		start := time.Now()
		_, i.err = transfer.Import(ctx, w, reader, transfer.Options{Progress: func(rows int64) {
			if i.rows == 0 {
				close(i.begun)
			}
			i.rows, i.took = rows, time.Since(start)
		}})
	}()
	return i
}

// running waits until contacts are written.
func (i *backgroundImport) running() error {
	select {
	case <-i.begun:
	case <-i.done:
	}
	return i.ended()
}

// ended is an error if the import does not run any more.
func (i *backgroundImport) ended() error {
	select {
	case <-i.done:
		return errors.Join(errors.New("the import ended before the updates were measured"), i.err)
	default:
		return nil
	}
}

// stop ends the import and returns how many contacts a second it wrote.
func (i *backgroundImport) stop() (float64, error) {
	i.cancel()
	<-i.done
	if i.err != nil && !errors.Is(i.err, context.Canceled) {
		if e, ok := errors.AsType[*db.Error](i.err); !ok || e.Code != db.Timeout {
			return 0, i.err
		}
	}
	return float64(i.rows) / i.took.Seconds(), nil
}
