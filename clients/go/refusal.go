package themule

import (
	"errors"
	"regexp"

	"github.com/redis/go-redis/v9"
)

var (
	// A Redis that loads, runs a script, follows another one, begins to (which ends a wait for a command), lacks followers of its own, or
	// is out of memory or disk.
	notNow = regexp.MustCompile(`^(LOADING|BUSY|MASTERDOWN|READONLY|UNBLOCKED|NOREPLICAS|OOM|MISCONF|TRYAGAIN|CLUSTERDOWN)\b`)
	full   = regexp.MustCompile(`^ERR max number of clients`)
	// It is too old to have the command, or its access list forbids it.
	notHad = regexp.MustCompile(`^(NOPERM\b|ERR unknown command|ERR unknown subcommand|ERR Unknown subcommand)`)
)

// lostError: the connection ended before the answer came, and nobody knows whether the command was executed.
type lostError struct{ cause error }

func (e *lostError) Error() string { return e.cause.Error() }
func (e *lostError) Unwrap() error { return e.cause }

// lastWords is what Redis said before it hung up.
type lastWords string

func (w lastWords) Error() string { return string(w) }

// RedisError marks it as an answer.
func (w lastWords) RedisError() {}

// answerOf gives what Redis said, if it is an answer of Redis's that went wrong.
func answerOf(err error) (words string, found bool) {
	var answer redis.Error
	if errors.As(err, &answer) {
		return answer.Error(), true
	}
	return "", false
}

func isAnswer(err error) bool {
	_, found := answerOf(err)
	return found
}

// isTransient tells whether the same command may succeed later.
func isTransient(err error) bool {
	if words, found := answerOf(err); found {
		return notNow.MatchString(words) || full.MatchString(words)
	}
	var lost *lostError
	return errors.As(err, &lost)
}

// isNotHad tells whether this Redis has no such command, or forbids it.
func isNotHad(err error) bool {
	words, found := answerOf(err)
	return found && notHad.MatchString(words)
}

func refused(where string, err error) error {
	return &Error{Kind: ErrRefused, Message: "Redis refuses " + where + ": " + err.Error(), Cause: err}
}
