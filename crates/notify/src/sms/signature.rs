//! Proof that a webhook came from the provider.
//!
//! The provider signs the public address it called, followed by every parameter's name and value in the order of their
//! names, with HMAC-SHA1 over the account's token, in Base64. A request that names another algorithm in
//! [`SIGNATURE_SETTINGS_HEADER`] is signed with HMAC-SHA256 and a key of its own. Whether the provider wrote the
//! default port into the address differs, so both spellings are tried. Build the address from the configured base
//! address, never from the request's `Host`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Digest;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";
/// The header that names key and algorithm of a signature made with a shared key.
pub const SIGNATURE_SETTINGS_HEADER: &str = "X-Twilio-Webhooks-Signature-Settings";

/// The two headers of a signed webhook.
#[derive(Debug, Clone, Copy)]
pub struct SignatureHeaders<'a> {
    /// The value of [`SIGNATURE_HEADER`].
    pub signature: &'a str,
    /// The value of [`SIGNATURE_SETTINGS_HEADER`], when the request has one.
    pub settings: Option<&'a str>,
}

/// Why a webhook is not believed. The answer to all of them is 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The signature belongs to another request, or to nobody.
    #[error("the signature does not match")]
    Mismatch,
    /// It is genuine and too old, or from too far ahead: somebody may have kept it.
    #[error("the signature is not fresh")]
    Stale,
    /// The request names an algorithm we do not know.
    #[error("the signature uses an unknown algorithm")]
    UnknownAlgorithm,
    /// The address is not absolute: the installation's base address is wrong.
    #[error("the address to verify is not absolute")]
    Address,
}

#[derive(Clone, Copy)]
enum Algorithm {
    Sha1,
    Sha256,
}

impl Algorithm {
    /// A missing header, or one without `algorithm=`, means the account token's HMAC-SHA1.
    fn from_settings(settings: Option<&str>) -> Result<Self, SignatureError> {
        let named = settings.unwrap_or("").split(',').find_map(|part| {
            let (name, value) = part.split_once('=')?;
            (name.trim() == "algorithm" && !value.trim().is_empty()).then(|| value.trim().to_ascii_uppercase())
        });
        match named.as_deref() {
            None | Some("HMAC_SHA1") => Ok(Self::Sha1),
            Some("HMAC_SHA256") => Ok(Self::Sha256),
            Some(_) => Err(SignatureError::UnknownAlgorithm),
        }
    }

    /// Compares in constant time.
    fn matches(self, key: &[u8], message: &[u8], expected: &[u8]) -> bool {
        fn check<M: Mac + KeyInit>(key: &[u8], message: &[u8], expected: &[u8]) -> bool {
            let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return false };
            mac.update(message);
            mac.verify_slice(expected).is_ok()
        }
        match self {
            Self::Sha1 => check::<Hmac<sha1::Sha1>>(key, message, expected),
            Self::Sha256 => check::<Hmac<sha2::Sha256>>(key, message, expected),
        }
    }
}

/// Verifies a form-encoded webhook. `url` is the public address with its query; `params` the decoded form fields in any
/// order, repeated names allowed. `auth_token` is the account's token, or the shared key's secret when the settings
/// header names one.
pub fn verify_signature(
    auth_token: &SecretString,
    url: &str,
    params: &[(String, String)],
    headers: SignatureHeaders<'_>,
) -> Result<(), SignatureError> {
    let mut sorted: Vec<&(String, String)> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    let tail: String = sorted.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
    verify(auth_token, url, &tail, headers)
}

/// Verifies a webhook with a JSON body: its address carries the body's SHA-256 as `bodySHA256`, and the signature covers
/// the address alone.
pub fn verify_json_signature(
    auth_token: &SecretString,
    url: &str,
    body: &[u8],
    headers: SignatureHeaders<'_>,
) -> Result<(), SignatureError> {
    let parsed = reqwest::Url::parse(url).map_err(|_| SignatureError::Address)?;
    let claimed = parsed.query_pairs().find(|(name, _)| name == "bodySHA256").map(|(_, value)| value.into_owned());
    let digest = sha256_hex(body);
    // The digest of a body the caller holds is no secret; the signature over it is compared in constant time.
    if claimed.is_none_or(|claimed| !claimed.eq_ignore_ascii_case(&digest)) {
        return Err(SignatureError::Mismatch);
    }
    verify(auth_token, url, "", headers)
}

fn sha256_hex(body: &[u8]) -> String {
    sha2::Sha256::digest(body)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn verify(key: &SecretString, url: &str, tail: &str, headers: SignatureHeaders<'_>) -> Result<(), SignatureError> {
    let algorithm = Algorithm::from_settings(headers.settings)?;
    let spellings = port_spellings(url).ok_or(SignatureError::Address)?;
    let expected = STANDARD.decode(headers.signature.trim()).map_err(|_| SignatureError::Mismatch)?;
    let key = key.expose_secret().as_bytes();
    // Both are computed always, so that the time says nothing about which one matched.
    let matched = spellings.map(|url| algorithm.matches(key, format!("{url}{tail}").as_bytes(), &expected));
    if matched[0] | matched[1] { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The address without a port and with one (its own, or its scheme's default). Everything else stays byte for byte.
fn port_spellings(url: &str) -> Option<[String; 2]> {
    let (scheme, rest) = url.split_once("://")?;
    let default_port = match scheme {
        "https" => "443",
        "http" => "80",
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let after_host = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match authority[after_host..].rfind(':') {
        Some(colon) => (&authority[..after_host + colon], &authority[after_host + colon + 1..]),
        None => (authority, default_port),
    };
    if host.is_empty() {
        return None;
    }
    Some([format!("{scheme}://{host}{tail}"), format!("{scheme}://{host}:{port}{tail}")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const SIGNATURE: &str = "GvWf1cFY/Q7PnoempGyD5oXAezc=";

    fn token() -> SecretString {
        SecretString::from("12345")
    }

    fn documented() -> Vec<(String, String)> {
        [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675310"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("To", "+18005551212"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    fn headers(signature: &str) -> SignatureHeaders<'_> {
        SignatureHeaders { signature, settings: None }
    }

    fn joined(params: &[(String, String)]) -> String {
        params.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
    }

    #[test]
    fn hexadecimal_digests() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256_hex(b""), empty);
    }

    fn sign<M: Mac + KeyInit>(key: &str, message: &str) -> String {
        let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(message.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn the_published_vector() {
        let mut params = documented();
        assert_eq!(verify_signature(&token(), URL, &params, headers(SIGNATURE)), Ok(()));
        params.reverse();
        assert_eq!(verify_signature(&token(), URL, &params, headers(SIGNATURE)), Ok(()));
        params.push(("Digits".into(), "1234".into()));
        assert_eq!(verify_signature(&token(), URL, &params, headers(SIGNATURE)), Ok(()), "a repeated pair counts once");
    }

    #[test]
    fn port_may_be_written_or_not() {
        let with_port = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
        assert_eq!(verify_signature(&token(), with_port, &documented(), headers(SIGNATURE)), Ok(()));
        let odd = sign::<Hmac<sha1::Sha1>>("12345", "https://clinic.example:8443/hook");
        assert_eq!(verify_signature(&token(), "https://clinic.example:8443/hook", &[], headers(&odd)), Ok(()));
        let ipv6 = sign::<Hmac<sha1::Sha1>>("12345", "http://[::1]:80/hook");
        assert_eq!(verify_signature(&token(), "http://[::1]/hook", &[], headers(&ipv6)), Ok(()));
    }

    #[test]
    fn anything_changed_is_refused() {
        let params = documented();
        let mut more = params.clone();
        more.push(("Extra".into(), "1".into()));
        assert_eq!(verify_signature(&token(), URL, &more, headers(SIGNATURE)), Err(SignatureError::Mismatch));
        assert_eq!(verify_signature(&token(), URL, &params[1..], headers(SIGNATURE)), Err(SignatureError::Mismatch));
        assert_eq!(
            verify_signature(&SecretString::from("12346"), URL, &params, headers(SIGNATURE)),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(
            verify_signature(&token(), "https://mycompany.com/other", &params, headers(SIGNATURE)),
            Err(SignatureError::Mismatch)
        );
        for forged in ["", "x", "====", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            assert_eq!(verify_signature(&token(), URL, &params, headers(forged)), Err(SignatureError::Mismatch));
        }
        assert_eq!(verify_signature(&token(), "/relative", &params, headers(SIGNATURE)), Err(SignatureError::Address));
    }

    #[test]
    fn the_settings_header_chooses_the_algorithm() {
        let settings = Some("key=webhooks_sharedkey_01,algorithm=HMAC_SHA256");
        // Computed with the provider's own library for Python, version 9.13.
        let signature = "/Px0ZZziCxf9Zt7wehmYS+fbCh+oLQi2VrfCqcV1vPM=";
        let sha256 = SignatureHeaders { signature, settings };
        assert_eq!(verify_signature(&token(), URL, &documented(), sha256), Ok(()));
        let sha1 = SignatureHeaders { signature: SIGNATURE, settings };
        assert_eq!(verify_signature(&token(), URL, &documented(), sha1), Err(SignatureError::Mismatch));
        let unknown = SignatureHeaders { signature: SIGNATURE, settings: Some("algorithm=NONE") };
        assert_eq!(verify_signature(&token(), URL, &documented(), unknown), Err(SignatureError::UnknownAlgorithm));
        let empty = SignatureHeaders { signature: SIGNATURE, settings: Some("") };
        assert_eq!(verify_signature(&token(), URL, &documented(), empty), Ok(()));
    }

    #[test]
    fn json_bodies_are_bound_by_their_digest() {
        let body = br#"{"status":"delivered"}"#;
        let digest = sha256_hex(body);
        let url = format!("https://clinic.example/hook?bodySHA256={digest}");
        let signature = sign::<Hmac<sha1::Sha1>>("12345", &url);
        assert_eq!(verify_json_signature(&token(), &url, body, headers(&signature)), Ok(()));
        assert_eq!(verify_json_signature(&token(), &url, b"{}", headers(&signature)), Err(SignatureError::Mismatch));
        let bare = sign::<Hmac<sha1::Sha1>>("12345", "https://clinic.example/hook");
        assert_eq!(
            verify_json_signature(&token(), "https://clinic.example/hook", body, headers(&bare)),
            Err(SignatureError::Mismatch)
        );
    }

    proptest! {
        #[test]
        fn order_never_matters_and_content_always_does(
            params in proptest::collection::vec(("[A-Za-z]{1,8}", "\\PC{0,12}"), 1..8),
            flip in any::<prop::sample::Index>(),
        ) {
            let mut sorted = params.clone();
            sorted.sort();
            sorted.dedup();
            let tail = joined(&sorted);
            let signature = sign::<Hmac<sha1::Sha1>>("12345", &format!("{URL}{tail}"));
            let mut shuffled = params.clone();
            shuffled.rotate_left(flip.index(params.len()));
            prop_assert_eq!(verify_signature(&token(), URL, &shuffled, headers(&signature)), Ok(()));
            let mut changed = sorted;
            let at = flip.index(changed.len());
            changed[at].1.push('x');
            prop_assert_eq!(verify_signature(&token(), URL, &changed, headers(&signature)), Err(SignatureError::Mismatch));
        }

        #[test]
        fn never_panics(url in "\\PC{0,60}", signature in "\\PC{0,40}", settings in proptest::option::of("\\PC{0,40}")) {
            let headers = SignatureHeaders { signature: &signature, settings: settings.as_deref() };
            prop_assert!(verify_signature(&token(), &url, &[], headers).is_err());
        }
    }
}
