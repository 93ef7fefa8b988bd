package embedded

import (
	"context"
	"database/sql"
	"math"
	"time"

	"segmentql/db"
	"segmentql/db/document"
)

const (
	insertActivity = `INSERT OR REPLACE INTO activity (workspace, id, at, doc) VALUES (?1, ?2, ?3, ?4)`
	selectActivity = `SELECT doc FROM activity WHERE workspace = ?1 AND id >= ?2 AND id < ?3 AND at >= ?4 ORDER BY id DESC LIMIT ?5`
	deleteActivity = `DELETE FROM activity WHERE workspace = ?1 AND id >= ?2 AND id <= ?3`
	forgetActivity = `
		DELETE FROM activity WHERE workspace = ?1 AND id IN
			(SELECT id FROM activity WHERE workspace = ?1 AND at < ?2 ORDER BY at LIMIT ?3)`
)

// logReplaced moves what a contact keeps of what was done to it last into the log, before the next thing takes its place.
func (t *tx) logReplaced(ctx context.Context, before, c *db.Contact) error {
	last := before.LastChange
	if last == nil || last == c.LastChange {
		return nil
	}
	return t.putActivity(ctx, document.ActivityRecord(t.workspace.id, c.ID, last), last.At)
}

func (t *tx) putActivity(ctx context.Context, r db.Record, at time.Time) error {
	_, err := t.exec(ctx, insertActivity, r.ID, at.UnixMilli(), r.Document)
	return err
}

// Activity reads from the contact and the log as of one moment.
func (w *workspace) Activity(ctx context.Context, q db.ActivityQuery) ([]db.Activity, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	var found []db.Activity
	err := w.read(ctx, func(t *tx) error {
		reached, err := t.reach(ctx, []string{q.Contact})
		if err == nil && reached[0] != nil {
			found, err = q.Answer(reached[0], func(q db.ActivityQuery) ([]db.Activity, error) { return t.activity(ctx, q) })
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (t *tx) activity(ctx context.Context, q db.ActivityQuery) ([]db.Activity, error) {
	var logged []db.Activity
	err := t.each(ctx, func(row *sql.Rows) error {
		var doc sql.RawBytes
		if err := row.Scan(&doc); err != nil {
			return err
		}
		a, err := document.ReadActivity([]byte(doc))
		logged = append(logged, a)
		return err
	}, selectActivity, document.ActivityID(q.Contact, 0), document.ActivityID(q.Contact, q.Below), q.Since.UnixMilli(), q.Limit)
	return logged, err
}

// deleteActivity deletes what the log has of a contact.
func (t *tx) deleteActivity(ctx context.Context, contact string) error {
	_, err := t.exec(ctx, deleteActivity, document.ActivityID(contact, 0), document.ActivityID(contact, math.MaxInt64))
	return err
}

// ForgetActivity deletes what is oldest.
func (w *workspace) ForgetActivity(ctx context.Context, before time.Time) (more bool, err error) {
	err = w.write(ctx, func(t *tx) error {
		deleted, err := t.exec(ctx, forgetActivity, before.UnixMilli(), maxForgotten)
		more = deleted == maxForgotten
		return err
	})
	return more && err == nil, err
}
