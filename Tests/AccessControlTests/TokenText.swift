import AccessControl
import WireBytes

/// Tokens put together from texts; nobody has signed them.
enum TokenText {
    static let header = #"{"alg":"HS256","typ":"JWT"}"#

    static func part(_ text: String) -> String {
        var characters: [UInt8] = []
        Base64.encodeURLSafe(Array(text.utf8).span, to: &characters)
        return String(decoding: characters, as: UTF8.self)
    }

    static func token(_ header: String = Self.header, _ claims: String = #"{"sub":"a","exp":1}"#, signature: String = "c2ln") -> [UInt8] {
        Array("\(Self.part(header)).\(Self.part(claims)).\(signature)".utf8)
    }

    static func parse(_ token: [UInt8]) -> Result<CompactToken, TokenFault> {
        do throws(TokenFault) {
            return .success(try CompactToken(parsing: token.span))
        } catch {
            return .failure(error)
        }
    }

    static func claims(_ json: String) -> Result<TokenClaims, TokenFault> {
        do throws(TokenFault) {
            return .success(try TokenClaims(parsing: Array(json.utf8).span))
        } catch {
            return .failure(error)
        }
    }
}

extension Result {
    var success: Success? { try? self.get() }

    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
