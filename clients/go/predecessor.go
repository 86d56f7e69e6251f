package themule

import (
	"fmt"
	"strings"
)

// adopt is to be called before a session is read from. After a loss that only this side has noticed, the server still sees the old
// connection, and in a BLPOP it stands first in line: it would be served the next command, and the command would be lost. So it is ended,
// if it is still there and still ours; then what it last did is told, like "blmove".
func (in *inbox) adopt(s *session) (lastDone string, err error) {
	in.mu.Lock()
	adopted, predecessor := in.adopted, in.clientID
	in.mu.Unlock()
	if adopted == s {
		return "", nil
	}
	own, err := in.ownID(s)
	if err != nil {
		return "", err
	}
	// A server that was started anew counts from the beginning: the number may be this connection's own by now.
	if predecessor != "" && predecessor != own {
		if lastDone, err = in.endPredecessor(s, predecessor); err != nil {
			return "", err
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.adopted, in.clientID = s, own
	return lastDone, nil
}

// ownID is the number of a session in CLIENT LIST; "" where Redis does not tell.
func (in *inbox) ownID(s *session) (string, error) {
	id, err := s.call("CLIENT", "ID")
	switch {
	case err == nil:
		return fmt.Sprint(id), nil
	case isTransient(err):
		return "", err
	default:
		return "", nil
	}
}

// endPredecessor does without what an old Redis or an access list does not let it do.
func (in *inbox) endPredecessor(s *session, id string) (lastDone string, err error) {
	found, err := s.call("CLIENT", "LIST", "ID", id)
	if err != nil {
		if isTransient(err) {
			return "", err
		}
		return "", nil
	}
	if field(fmt.Sprint(found), "name") != in.clientName {
		return "", nil
	}
	// Asked again, at one with the end: what came in between is then known of, and nothing comes after it.
	answers, err := s.transaction([]any{"CLIENT", "LIST", "ID", id}, []any{"CLIENT", "KILL", "ID", id})
	if err != nil {
		return "", err
	}
	if answers[0].err != nil || answers[1].err != nil {
		return "", nil
	}
	return field(fmt.Sprint(answers[0].reply), "cmd"), nil
}

// field finds the value of a field in a line of CLIENT LIST.
func field(line, name string) string {
	for word := range strings.FieldsSeq(line) {
		if value, found := strings.CutPrefix(word, name+"="); found {
			return value
		}
	}
	return ""
}
