package command

import (
	"net/http"
	"time"
)

// patiently lets an answer take any time, as long as the client goes on to read it: each part of it within the timeout.
func patiently(timeout time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The server goes on to read, to see whether the client is still there. That must not end by a deadline either.
		if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil {
			panic(err) // the server's own writer has deadlines
		}
		next.ServeHTTP(patientWriter{w, timeout}, r)
	})
}

type patientWriter struct {
	http.ResponseWriter
	timeout time.Duration
}

// Write gives the client time for this part.
func (p patientWriter) Write(data []byte) (int, error) {
	if err := http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(p.timeout)); err != nil {
		return 0, err
	}
	return p.ResponseWriter.Write(data)
}

// Unwrap lets handlers reach what else the writer can do.
func (p patientWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }
