//! A QR code as an `svg` element without styles, as the page's content policy wants it.

use fast_qr::QRBuilder;
use std::fmt::Write;

/// Light modules around the code, so that a camera finds it.
const MARGIN: usize = 3;

/// The code of a text; none for a text too long for one.
pub(in crate::staff) fn svg(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).build().ok()?;
    let side = code.size + 2 * MARGIN;
    let mut dark = String::new();
    for y in 0..code.size {
        for x in (0..code.size).filter(|&x| code[y][x].value()) {
            let _ = write!(dark, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    Some(format!(
        "<svg viewBox=\"0 0 {side} {side}\" xmlns=\"http://www.w3.org/2000/svg\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{dark}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_has_its_three_corners_and_no_style() {
        let svg = super::svg("otpauth://totp/Harbor%20Lane:ana?secret=JBSWY3DPEHPK3PXP").expect("it is short enough");
        assert!(svg.starts_with("<svg viewBox=\"0 0 ") && !svg.contains("style"));
        assert!(svg.contains("M3 3h1v1h-1z"), "the first corner is dark");
    }
}
