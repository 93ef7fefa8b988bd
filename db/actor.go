package db

import (
	"context"
	"strings"
)

// ActorKind says in which way somebody does something.
type ActorKind string

// The kinds.
const (
	APIActor     ActorKind = "API"     // in a request
	JobActor     ActorKind = "JOB"     // the ID is that of the job
	CommandActor ActorKind = "COMMAND" // the ID is the name of the command
)

// Actor is who does something. The zero value is somebody of whom nothing is known.
type Actor struct {
	Kind ActorKind
	ID   string // "" where the kind says all
}

type actorKey struct{}

// Acting returns a context in which everything is done by the actor.
func Acting(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns who does what is done in the context.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// String is the form in which an actor is kept: JOB job_01k3.
func (a Actor) String() string {
	if a.ID == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + " " + a.ID
}

// ParseActor is the inverse of String.
func ParseActor(text string) Actor {
	kind, id, _ := strings.Cut(text, " ")
	return Actor{ActorKind(kind), id}
}

// words names the actor for people: job job_01k3.
func (a Actor) words() string {
	a.Kind = ActorKind(strings.ToLower(string(a.Kind)))
	return a.String()
}
