package themule

import "errors"

// What an error of this package is about; test for it with errors.Is.
var (
	// ErrConfiguration: the environment or the options cannot be used. The message lists all that is wrong.
	ErrConfiguration = errors.New("configuration")
	// ErrUnreachable: no Redis answered within the connect timeout.
	ErrUnreachable = errors.New("unreachable")
	// ErrRefused: Redis answers, and says no; asking again would not help. What it said is in the message.
	ErrRefused = errors.New("refused")
	// ErrClosed: the client is closed, or was before the operation was done.
	ErrClosed = errors.New("closed")
)

// Error is what this package returns, but for errors of a context and of files. errors.As finds it, and behind it the cause.
type Error struct {
	// Kind is ErrConfiguration, ErrUnreachable, ErrRefused or ErrClosed.
	Kind error
	// Message says what failed, where, and what to try.
	Message string
	// Cause is what Redis or the network said; nil where there is none.
	Cause error
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the kind and, if there is one, the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func errClosed() error {
	return &Error{Kind: ErrClosed, Message: "the client is closed"}
}
