//! What a WebAssembly file asks of its host. Ours asks nothing but what wasm-bindgen itself needs to hand values over.

/// One import: the module's name and the function's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The module it comes from.
    pub(super) module: String,
    /// Its name there.
    pub(super) name: String,
}

/// The modules wasm-bindgen imports from: its own glue.
const MODULES: [&str; 2] = ["./nomad_vault_wasm_bg.js", "wbg"];

/// wasm-bindgen's own functions, without the sixteen digits it appends to some.
const NAMES: [&str; 5] = [
    "__wbg___wbindgen_throw",
    "__wbg_Error",
    "__wbindgen_cast",
    "__wbindgen_init_externref_table",
    "__wbindgen_throw",
];

/// The imports that are not on the list, as `module::name`.
pub(super) fn strangers(imports: &[Import]) -> Vec<String> {
    let is_known = |import: &&Import| {
        MODULES.contains(&import.module.as_str()) && NAMES.contains(&without_digits(&import.name))
    };
    imports
        .iter()
        .filter(|import| !is_known(import))
        .map(|import| format!("{}::{}", import.module, import.name))
        .collect()
}

/// The import section of a WebAssembly file; none when the bytes are not such a file.
pub(super) fn read(file: &[u8]) -> Option<Vec<Import>> {
    let mut reader = Reader { bytes: file.strip_prefix(b"\0asm\x01\0\0\0")? };
    while !reader.bytes.is_empty() {
        let section = reader.byte()?;
        let length = reader.number()?;
        let mut body = Reader { bytes: reader.take(length)? };
        if section == IMPORT_SECTION {
            return body.imports();
        }
    }
    Some(Vec::new())
}

const IMPORT_SECTION: u8 = 2;

fn without_digits(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((stem, digits)) if digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            stem
        }
        _ => name,
    }
}

/// Reads the binary format's few forms from front to back.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn imports(&mut self) -> Option<Vec<Import>> {
        let count = self.number()?;
        (0..count).map(|_| self.import()).collect()
    }

    fn import(&mut self) -> Option<Import> {
        let module = self.text()?;
        let name = self.text()?;
        self.skip_description()?;
        Some(Import { module, name })
    }

    /// What is imported: a function's type, or the limits of a table or memory, or a global's type, or a tag.
    fn skip_description(&mut self) -> Option<()> {
        match self.byte()? {
            0 => drop(self.number()?),
            1 => {
                self.byte()?;
                self.skip_limits()?;
            }
            2 => self.skip_limits()?,
            3 | 4 => drop(self.take(2)?),
            _ => return None,
        }
        Some(())
    }

    fn skip_limits(&mut self) -> Option<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Some(())
    }

    fn text(&mut self) -> Option<String> {
        let length = self.number()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    /// A number in seven-bit groups, the lowest first (LEB128).
    fn number(&mut self) -> Option<usize> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(value).ok();
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with a custom section, then imports of a function, a memory with a maximum, and a global.
    fn sample() -> Vec<u8> {
        let mut imports = vec![3];
        imports.extend(b"\x03wbg\x10__wbindgen_throw\x00\x81\x01");
        imports.extend(b"\x03env\x06memory\x02\x01\x01\x80\x02");
        imports.extend(b"\x03env\x01g\x03\x7f\x00");
        let mut file = b"\0asm\x01\0\0\0\x00\x04\x03abc\x02".to_vec();
        file.push(u8::try_from(imports.len()).unwrap());
        file.extend(imports);
        file
    }

    #[test]
    fn every_kind_of_import_is_read() {
        let imports = read(&sample()).unwrap();
        let names: Vec<_> =
            imports.iter().map(|import| format!("{}::{}", import.module, import.name)).collect();
        assert_eq!(names, ["wbg::__wbindgen_throw", "env::memory", "env::g"]);
        assert_eq!(strangers(&imports), ["env::memory", "env::g"]);
    }

    #[test]
    fn broken_files_are_refused() {
        assert_eq!(read(b"\0asm"), None);
        for length in 9..sample().len() {
            assert!(read(&sample()[..length]).is_none_or(|imports| imports.is_empty()), "{length}");
        }
    }

    #[test]
    fn the_appended_digits_do_not_matter_but_the_name_does() {
        let import = |name: &str| Import { module: "wbg".to_owned(), name: name.to_owned() };
        assert!(strangers(&[import("__wbg_Error_0123456789abcdef")]).is_empty());
        assert_eq!(strangers(&[import("__wbg_now_0123456789abcdef")]).len(), 1);
    }
}
