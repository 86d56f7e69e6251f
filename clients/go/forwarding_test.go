package themule

import (
	"bytes"
	"log"
	"log/slog"
	"slices"
	"testing"
)

// Clients of one process may end in any order. It changes what belongs to the whole process, so it is not parallel.
func TestSeveralClientsForwardOneAfterTheOther(t *testing.T) {
	for name, order := range map[string][]int{"the last one first": {2, 1, 0}, "the first one first": {0, 1, 2}, "the middle one first": {1, 2, 0}} {
		t.Run(name, func(t *testing.T) {
			var before bytes.Buffer
			old, writer, flags := slog.Default(), log.Writer(), log.Flags()
			defer func() {
				slog.SetDefault(old)
				log.SetOutput(writer)
				log.SetFlags(flags)
			}()
			log.SetOutput(&before)
			log.SetFlags(0)

			lines := make([][]string, 3)
			restore := make([]func(), 3)
			for i := range 3 {
				restore[i] = forwardSlog(&slogHandler{line: func(text string) { lines[i] = append(lines[i], text) }})
			}
			open := []int{0, 1, 2}
			for _, closed := range order {
				newest := slices.Max(open)
				slog.Info("x")
				if got := lines[newest]; len(got) == 0 || got[len(got)-1] != "info|x" {
					t.Errorf("with %v open the newest has not got the line", open)
				}
				lines[newest] = nil
				restore[closed]()
				open = slices.DeleteFunc(open, func(i int) bool { return i == closed })
			}
			slog.Info("afterwards")
			log.Print("afterwards from log")
			if got, want := before.String(), "INFO afterwards\nafterwards from log\n"; got != want {
				t.Errorf("the logger of before got %q, want %q", got, want)
			}
		})
	}
}
