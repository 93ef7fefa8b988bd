package embedded

import (
	"path/filepath"

	"github.com/gofrs/flock"

	"segmentql/db"
)

const lockFile = "lock"

// directoryLock keeps other processes out of a data directory: they would know nothing of what this one keeps in
// memory. The system releases it when the process ends, however it does.
type directoryLock struct{ file *flock.Flock }

func lockDirectory(dir string) (*directoryLock, error) {
	file := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	locked, err := file.TryLock()
	if err != nil {
		return nil, db.Errorf(db.Unavailable, "the data directory %s cannot be locked", dir).Because(err)
	}
	if !locked {
		return nil, db.Errorf(db.Unavailable,
			"the data directory %s is in use by another SegmentQL process; stop that one, or choose another directory", dir)
	}
	return &directoryLock{file}, nil
}

// release leaves the file in place: removing it could take it from under a process that just locked it.
func (l *directoryLock) release() {
	_ = l.file.Close() // the lock is gone with the descriptor, whatever Close says
}
