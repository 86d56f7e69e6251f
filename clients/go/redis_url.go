package themule

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// redisTarget is where a Redis is and how to log in.
type redisTarget struct {
	host     string
	port     int
	database int
	username string
	password string
	tls      bool
}

var (
	databasePath = regexp.MustCompile(`^/?(\d{0,5})$`)
	// The user part is read from here, since net/url refuses signs that others accept there.
	redisURL = regexp.MustCompile(`^(rediss?)://(?:([^/?#]*)@)?([^@]*)$`)
)

// parseRedisURL reads redis[s]://[[user]:password@]host[:port][/database]. The error repeats no part of
// the URL, which may hold a password.
func parseRedisURL(text string) (redisTarget, error) {
	scheme, _, found := strings.Cut(text, "://")
	if !found {
		return redisTarget{}, errors.New("is not a URL; expected redis://[user:password@]host[:port][/database]")
	}
	if scheme != "redis" && scheme != "rediss" {
		return redisTarget{}, errors.New("has another scheme than redis or rediss; expected redis://[user:password@]host[:port][/database]")
	}
	parts := redisURL.FindStringSubmatch(text)
	if parts == nil {
		return redisTarget{}, errors.New(`has a "/", "?" or "#" before its "@"; in a user or password write %2F, %3F, %23`)
	}
	place, err := url.Parse(scheme + "://" + parts[3])
	if err != nil {
		return redisTarget{}, errors.New("names no usable host and port; expected redis://[user:password@]host[:port][/database]")
	}
	if place.Hostname() == "" {
		return redisTarget{}, errors.New("names no host")
	}
	target := redisTarget{host: place.Hostname(), port: 6379, tls: scheme == "rediss"}
	if place.Port() != "" {
		port, err := strconv.Atoi(place.Port())
		if err != nil || port < 1 || port > 65_535 {
			return redisTarget{}, errors.New("names no usable port; expected 1 to 65535")
		}
		target.port = port
	}
	database := databasePath.FindStringSubmatch(place.Path)
	if database == nil {
		return redisTarget{}, errors.New("names no usable database; expected a number, as in redis://host:6379/0")
	}
	target.database, _ = strconv.Atoi(database[1])
	user, password, _ := strings.Cut(parts[2], ":")
	if target.username, err = url.PathUnescape(user); err == nil {
		target.password, err = url.PathUnescape(password)
	}
	if err != nil {
		return redisTarget{}, errors.New("has a user or password that is not percent-encoded")
	}
	return target, nil
}
