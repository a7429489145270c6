//! Chromium and its driver, in which the WebAssembly and page tests run.

use crate::failure::Failure;
use crate::process::{capture, find_on_path, program};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER: &str = "chromedriver";

/// Uses the browser and driver on `PATH`, else Debian's; the two must be of one major version, or no session starts.
pub(crate) fn ensure() -> Result<(), Failure> {
    if find_on_path(&BROWSERS).is_none() || find_on_path(&[DRIVER]).is_none() {
        let packages = ["chromium", "chromium-driver", "fonts-dejavu-core"];
        super::apt::install(&packages, "to run the WebAssembly and page tests in a real browser")?;
    }
    let browser = find_on_path(&BROWSERS).ok_or_else(|| Failure::new("no Chromium or Chrome on PATH"))?;
    let driver = find_on_path(&[DRIVER]).ok_or_else(|| Failure::new("no chromedriver on PATH"))?;
    let browser = capture(program(browser).arg("--version"))?;
    let driver = capture(program(driver).arg("--version"))?;
    if major_version(&browser) == major_version(&driver) {
        return Ok(());
    }
    Err(Failure::new(format!("browser and driver differ: {} but {}", browser.trim(), driver.trim())))
}

/// The first number of `Chromium 156.0.8078.79 built on …`.
fn major_version(text: &str) -> Option<u32> {
    let version =
        text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    version.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn browser_and_driver_tell_their_major_version() {
        assert_eq!(major_version("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"), Some(156));
        assert_eq!(major_version("ChromeDriver 156.0.8078.79 (c0ffee-refs/branch-heads/8078)"), Some(156));
        assert_eq!(major_version("nothing"), None);
    }
}
