//! Whether the answer to a question is not to be seen: a guess by the words of it. A step has no
//! terminal that could be asked whether it echoes, so in doubt an answer is hidden; the operator can
//! show it while it is typed.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Parts of words of which no other word is made: sudo, ssh, psql, mysql and gpg ask with them, in
/// the languages in which they do. In small letters.
const PARTS: &str = "password | passwd | passphrase | pass phrase | passcode | passkey | passwort | \
     kennwort | kennphrase | mot de passe | phrase de passe | phrase secr | contraseñ | contrasinal | \
     pasahitz | palavra-passe | palavra passe | senha | hasło | hasła | парол | лозинк | нууц үг | \
     құпия | сырсөз | პაროლ | գաղտնաբառ | 密码 | 密碼 | 口令 | パスワード | パスフレーズ | 暗証番号 | \
     暗号 | 암호 | 비밀번호 | wachtwoord | wachtwurd | wagwoord | lösenord | adgangskode | kodeord | \
     passord | lykilorð | aðgangsorð | loyniorð | salasana | salasõna | parool | slaptažod | jelsz | \
     lozink | zapork | fjalëkalim | şifre | κωδικ | סיסמ | كلمة المرور | كلمة السر | گذرواژ | رمز | \
     پاس ورڈ | पासवर्ड | पास्वर्ड | कूटशब्द | পাসওয়ার্ড | கடவுச்சொல் | รหัสผ่าน | mật khẩu | kata sandi | \
     kata laluan | nenosiri | pasfhocal | focal faire | facal-faire | cyfrinair | ger-tremen | \
     pasvort | geheim | one-time | one time | einmalcode | api key | api-key | private key | \
     access key | security key | recovery key | encryption key | decryption key | unlock key | \
     master key | signing key | recovery phrase";

/// What is hidden as a word of its own only, with or without an `s`.
const WORDS: &str = "pass | pin | otp | totp | 2fa | mfa | tan | token | secret | apikey | parola | \
     parolanız | parole | parol | heslo | hesla | geslo | sandi | clave | credential | jeton | пин | \
     wachtzin";

/// Codes that are asked for: one of these, and a word for a code.
const CODES: &str = "verif | authenticat | authentif | bestätigung | prüf | security | sicherheit | \
     recovery | backup | unlock | 验证 | 認証";
const CODE: &str = "code | kod | código | codice | cód | код | 码 | コード";

/// Some of the above, each by its base letters.
struct Few(LazyLock<Vec<String>>);

static VEILED_PARTS: Few = Few(LazyLock::new(|| few(PARTS)));
static VEILED_WORDS: Few = Few(LazyLock::new(|| few(WORDS)));
static VEILED_CODES: Few = Few(LazyLock::new(|| few(CODES)));
static VEILED_CODE: Few = Few(LazyLock::new(|| few(CODE)));

fn few(all: &str) -> Vec<String> {
    all.split(" | ").map(base).collect()
}

impl Few {
    fn in_line(&self, line: &str) -> bool {
        self.0.iter().any(|part| line.contains(part.as_str()))
    }

    fn is(&self, word: &str) -> bool {
        self.0.iter().any(|veiled| veiled == word)
    }
}

/// Whether the answer to a line, which is in small letters, is not to be seen.
pub(super) fn is_veiled(line: &str) -> bool {
    let line = base(line);
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    let word = |word: &str| {
        VEILED_WORDS.is(word) || word.strip_suffix('s').is_some_and(|one| VEILED_WORDS.is(one))
    };
    VEILED_PARTS.in_line(&line)
        || words.any(word)
        || (VEILED_CODES.in_line(&line) && VEILED_CODE.in_line(&line))
}

/// Marks that a letter is known without: those of alphabets, and the two of kana.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

/// A text by its base letters: the same for a letter in one character as for one with its marks behind
/// it, as files of some systems have them, and for one that was typed without.
fn base(text: &str) -> String {
    // Letters whose mark is a part of them have no other form.
    let bare = |c| match c {
        'ł' => 'l',
        'ø' => 'o',
        'ı' => 'i',
        other => other,
    };
    text.nfd().filter(|c| !is_mark(*c)).map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, veiled: bool) {
        assert_eq!(is_veiled(&line.to_lowercase()), veiled, "{line}");
    }

    #[test]
    fn whoever_asks_for_a_secret_in_whatever_language_is_not_shown() {
        for line in [
            "Password: ",
            "[sudo] password for deploy: ",
            "deploy@web1's password:",
            "Password for user shop: ",
            "Enter password: ",
            "New UNIX password",
            "Enter passphrase for key '/home/deploy/.ssh/id_ed25519': ",
            "Enter PEM pass phrase:",
            "[sudo] Passwort für deploy: ",
            "Passwort für Benutzer shop: ",
            "Datenbankkennwort eingeben",
            "[sudo] Mot de passe de deploy : ",
            "Mot de passe pour l’utilisateur shop :",
            "[sudo] contraseña para deploy: ",
            "[sudo] senha para deploy: ",
            "Palavra-passe: ",
            "[sudo] hasło użytkownika deploy: ",
            "[sudo] пароль для deploy: ",
            "ПАРОЛЬ",
            "[sudo] deploy 的密码：",
            "[sudo] deploy のパスワード:",
            "[sudo] deploy의 암호: ",
            "[sudo] deploy için parola: ",
            "[sudo] wachtwoord voor deploy: ",
            "[sudo] lösenord för deploy: ",
            "[sudo] adgangskode for deploy: ",
            "[sudo] passord for deploy: ",
            "[sudo] käyttäjän deploy salasana: ",
            "[sudo] heslo pro deploy: ",
            "[sudo] deploy jelszava: ",
            "[sudo] κωδικός πρόσβασης του χρήστη deploy: ",
            "Enter PIN for 'YubiKey': ",
            "PIN?",
            "OTP",
            "One-time code: ",
            "Verification code: ",
            "Code de vérification : ",
            "Código de verificación: ",
            "Bestätigungscode: ",
            "Enter the authentication code",
            "Vault token: ",
            "client_secret = ",
            "API key: ",
            "Tokens? ",
        ] {
            check(line, true);
        }
    }

    #[test]
    fn it_is_not_where_they_are_asked_for_in_others_or_with_marks_apart() {
        for line in [
            "Slaptažodis: ",
            "[sudo] лозинка за deploy: ",
            "[sudo] deploy-ის პაროლი: ",
            "Lozinka: ",
            "Zaporka: ",
            "Parole: ",
            "Parool: ",
            "Salasõna: ",
            "Lykilorð: ",
            "Sandi: ",
            "Kata laluan: ",
            "گذرواژه: ",
            "رمز عبور: ",
            "पासवर्ड: ",
            "Pasfhocal: ",
            "Cyfrinair: ",
            "Pass: ",
            "Security key: ",
            "Recovery key: ",
            "Encryption key: ",
            "Unlock key: ",
            "Recovery code: ",
            // Each mark a character of its own, and none at all.
            "Lo\u{308}senord: ",
            "Haslo: ",
            "Slaptaz\u{30c}odis: ",
            "Ma\u{323}\u{302}t kha\u{302}\u{309}u: ",
            "ハ\u{309a}スワート\u{3099}: ",
            "\u{110b}\u{1161}\u{11b7}\u{1112}\u{1169}: ",
            "κωδικο\u{301}ς: ",
        ] {
            check(line, true);
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        for line in [
            "Really drop the table? [y/N] ",
            "Which release? ",
            "Name of the host: ",
            "Are you sure you want to continue connecting (yes/no)? ",
            "Pinned version: ",
            "Spinning up 3 workers ",
            "Shipping address: ",
            "Exit code: ",
            "Compass direction? ",
            "mysql> ",
            "Secretary: ",
            "Standard (y/n)? ",
        ] {
            check(line, false);
        }
    }
}
