package themule

import (
	"strconv"
	"time"
)

const statusStreamLength = 1_000

func (o *outbox) sendStatus(report *status) error {
	if !o.waitUntil(o.due) {
		return errClosed()
	}
	err := o.stream(report)
	if err != nil {
		return err
	}
	o.standing = &report.text
	space := o.streamedGap
	if o.setOnly {
		space = o.setOnlyGap
	}
	o.due = time.Now().Add(space)
	o.beginOnce.Do(func() { close(o.begun) })
	return nil
}

// stream appends the status to the stream and SETs it; where the first is refused it is SET alone, then and from there on.
func (o *outbox) stream(report *status) error {
	set := []any{"SET", o.peer + "_status", report.text}
	if o.setOnly {
		return o.send("a status", set...)
	}
	add := []any{
		"XADD", o.peer + "_statuses", "MAXLEN", "~", statusStreamLength, "*",
		"status", report.text,
		"at", strconv.FormatInt(report.at.UnixMilli(), 10),
		"report", o.identity + ":" + strconv.Itoa(report.number),
	}
	var answers []answer
	err := o.persist("a status", func(s *session) (err error) {
		if answers, err = s.transaction(add, set); err == nil && isTransient(answers[1].err) {
			return answers[1].err
		}
		return err
	})
	if err != nil {
		return err
	}
	if answers[1].err != nil {
		if err := o.send("a status", set...); err != nil {
			return err
		}
	}
	if answers[0].err != nil {
		o.setOnly = true
		o.notice("statuses that follow each other at once may hide each other: " + answers[0].err.Error())
	}
	return nil
}

func (o *outbox) waitUntil(due time.Time) bool {
	wait := time.Until(due)
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-o.closing:
		return false
	}
}
