//! Where a Redis is, and how to log in.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

/// What a `REDIS_URL` says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RedisTarget {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) database: u32,
    pub(crate) tls: bool,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

impl RedisTarget {
    /// Reads `redis[s]://[[user]:password@]host[:port][/database]`; says what is wrong otherwise. That text never repeats the URL, which may
    /// hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text)
            .map_err(|error| format!("is not a URL ({error}); expected redis://[user:password@]host[:port][/database]"))?;
        let tls = match url.scheme() {
            "redis" => false,
            "rediss" => true,
            other => return Err(format!("has the scheme \"{other}\"; expected redis or rediss")),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no host")?;
        let database = match url.path().trim_start_matches('/') {
            "" => 0,
            // Of digits alone: `parse` would take a sign.
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                number.parse().map_err(|_| format!("names the database {number}, which is too large a number"))?
            }
            other => return Err(format!("names the database \"{other}\"; expected a number")),
        };
        Ok(Self {
            host: host.trim_start_matches('[').trim_end_matches(']').into(),
            port: url.port().unwrap_or(6379),
            database,
            tls,
            username: decode(url.username())?,
            password: decode(url.password().unwrap_or_default())?,
        })
    }

    /// Host and port, for people.
    pub(crate) fn place(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Debug for RedisTarget {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisTarget({}/{})", self.place(), self.database)
    }
}

fn decode(text: &str) -> Result<Option<String>, String> {
    let encoded = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(encoded) {
        return Err("has a user or password that is not percent-encoded: write % as %25".into());
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "has a user or password that is not UTF-8")?;
    Ok((!decoded.is_empty()).then(|| decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::vectors;

    #[test]
    fn reads_the_vectors_that_all_libraries_share() {
        let vectors = vectors("redisUrls");
        assert!(vectors.len() > 10);
        for vector in vectors {
            let url = vector["url"].as_str().unwrap();
            let text = |field: &str| vector[field].as_str().map(String::from);
            let expected = vector["ok"].as_bool().unwrap().then(|| RedisTarget {
                host: text("host").unwrap(),
                port: vector["port"].as_u64().unwrap().try_into().unwrap(),
                database: vector["database"].as_u64().unwrap().try_into().unwrap(),
                tls: vector["tls"].as_bool().unwrap(),
                username: text("username"),
                password: text("password"),
            });
            assert_eq!(RedisTarget::parse(url).ok(), expected, "{url}");
        }
    }

    #[test]
    fn never_repeats_a_password() {
        for url in
            ["http://u:s3cret@h", "redis://u:s3cret@h/x", "redis://u:s3cret@h:70000", "redis://u:s3cret%zz@h", "redis://u:s3cret@"]
        {
            let problem = RedisTarget::parse(url).unwrap_err();
            assert!(!problem.contains("s3cret"), "{problem}");
        }
        let target = RedisTarget::parse("redis://u:s3cret@h:1/2").unwrap();
        assert_eq!(format!("{target:?}"), "RedisTarget(h:1/2)");
    }

    #[test]
    fn shows_an_ipv6_address_in_brackets() {
        assert_eq!(RedisTarget::parse("redis://[::1]:7000").unwrap().place(), "[::1]:7000");
    }
}
