/// Messages as libraries in use wrote them, and what they say.
enum MessagePackVectors {
    static let all: [(hex: String, event: HeardEvent)] = [
        // PyPI msgpack: integers of every form, floats.
        (
            "93a7656d697474657283a47479706502a464617461dc001ca16e007fcc80ccffcd0100cdffffce00010000ceffffffffcf00000001000000"
                + "00cf0020000000000001cfffffffffffffffffffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fffffffd38000000000"
                + "000000c3c2c0cb3ff0000000000000cb3fb999999999999acb7ff8000000000000a36e7370a12f83a5726f6f6d7390a5666c61677380a665"
                + "786365707490",
            HeardEvent(
                "n",
                #"[0,127,128,255,256,65535,65536,4294967295,4294967296,9007199254740993,18446744073709551615"#
                    + #",-1,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649,-9223372036854775808,true,false,null,1,0.1,null]"#)
        ),
        // PyPI msgpack: floats of 32 bits, as a JavaScript peer would read them.
        (
            "93a7656d697474657283a47479706502a46461746194a166ca3fc00000ca3dcccccdca40400000a36e7370a12f83a5726f6f6d7390a5666c"
                + "61677380a665786365707490",
            HeardEvent("f", "[1.5,0.10000000149011612,3]")
        ),
        // PyPI msgpack: binary, type 5.
        (
            "93a7656d697474657283a47479706505a46461746193a162c4030001ff82a178c400a17991c403616263a36e7370a12f83a5726f6f6d7390"
                + "a5666c61677380a665786365707490",
            HeardEvent(
                "b", #"[{"_placeholder":true,"num":0},{"x":{"_placeholder":true,"num":1},"y":[{"_placeholder":true,"num":2}]}]"#,
                attachments: [[0, 1, 255], [], [97, 98, 99]])
        ),
        // PyPI msgpack: timestamps of all three lengths.
        (
            "93a7656d697474657283a47479706502a46461746197a164d6ff00000000d6ff6553f100d7ff1d6f34546553f100c70cff3b8b87c0ffffff"
                + "ffffffffffc70cff000000000000003afff44180c70cff004c4b400000000400000000a36e7370a12f83a5726f6f6d7390a5666c61677380"
                + "a665786365707490",
            HeardEvent(
                "d",
                #"["1970-01-01T00:00:00.000Z","2023-11-14T22:13:20.000Z","2023-11-14T22:13:20.123Z","1969-12-31T23:59:59.999Z","#
                    + #""+010000-01-01T00:00:00.000Z","2514-05-30T01:53:04.005Z"]"#)
        ),
        // PyPI msgpack: a datetime.
        (
            "93a7656d697474657283a47479706502a46461746192a164d7ffbc1cbd0065e079f0a36e7370a12f83a5726f6f6d7390a5666c61677380a6"
                + "65786365707490",
            HeardEvent("d", #"["2024-02-29T12:34:56.789Z"]"#)
        ),
        // PyPI msgpack: extension 0 as older peers use it.
        (
            "93a7656d697474657283a47479706502a46461746196a16fd7000000018bcfe5687bd700ffffffffffffffffd40000c7030061626382a175"
                + "d40000a17601a36e7370a12f83a5726f6f6d7390a5666c61677380a665786365707490",
            HeardEvent(
                "o", #"["2023-11-14T22:13:20.123Z","1969-12-31T23:59:59.999Z",null,{"_placeholder":true,"num":0},{"v":1}]"#,
                attachments: [[97, 98, 99]])
        ),
        // PyPI msgpack: an array and a map of 16-bit counts.
        (
            "93a7656d697474657283a47479706502a46461746193a161dc0014000102030405060708090a0b0c0d0e0f10111213de0011a13000a13101"
                + "a13202a13303a13404a13505a13606a13707a13808a13909a231300aa231310ba231320ca231330da231340ea231350fa2313610a36e7370"
                + "a12f83a5726f6f6d7390a5666c61677380a665786365707490",
            HeardEvent(
                "a",
                "[[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19],{"
                    + (0..<17).map { "\"\($0)\":\($0)" }.joined(separator: ",") + "}]")
        ),
        // PyPI msgpack: nesting.
        (
            "93a7656d697474657283a47479706502a46461746194a178919191910181a16181a1628090a36e7370a12f83a5726f6f6d7390a5666c6167"
                + "7380a665786365707490",
            HeardEvent("x", #"[[[[[1]]]],{"a":{"b":{}}},[]]"#)
        ),
        // PyPI msgpack: text in the old raw form.
        (
            "93a7656d697474657283a47479706502a46461746192a178da003c6162636162636162636162636162636162636162636162636162636162"
                + "63616263616263616263616263616263616263616263616263616263616263a36e7370a12f83a5726f6f6d7390a5666c61677380a6657863"
                + "65707490",
            HeardEvent("x", "[\"\(String(repeating: "abc", count: 20))\"]")
        ),
        // notepack 2.3: dates.
        (
            "93a7656d697474657283a47479706502a46461746195a164d7000000018bcfe5687bd700ffffffffffffffffd700000000000000000081a2"
                + "6174d700001eb208c2dc0000a36e7370a12f83a5726f6f6d7390a5666c61677380a665786365707490",
            HeardEvent(
                "d",
                #"["2023-11-14T22:13:20.123Z","1969-12-31T23:59:59.999Z","1970-01-01T00:00:00.000Z","#
                    + #"{"at":"+275760-09-13T00:00:00.000Z"}]"#)
        ),
        // notepack 2.3: undefined.
        (
            "93a7656d697474657283a47479706502a46461746196a175d4000091d4000081a161d4000083a161d40000a16201a163d4000083a16201a1"
                + "63d40000a16402a36e7370a12f83a5726f6f6d7390a5666c61677380a665786365707490",
            HeardEvent("u", #"[null,[null],{},{"b":1},{"b":1,"d":2}]"#)
        ),
        // notepack 2.3: ArrayBuffers, of the lengths of undefined and of a date as well, and a Buffer.
        (
            "93a7656d697474657283a47479706505a46461746195a162c7010001c708000102030405060708c4010081a178c70000a36e7370a12f83a5"
                + "726f6f6d7390a5666c61677380a665786365707490",
            HeardEvent(
                "b",
                #"[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},{"_placeholder":true,"num":2},"#
                    + #"{"x":{"_placeholder":true,"num":3}}]"#,
                attachments: [[1], [1, 2, 3, 4, 5, 6, 7, 8], [0], []])
        ),
        // notepack 2.3: rooms, exceptions, flags.
        (
            "93a7656d697474657283a47479706502a46461746192a16581a8766f6c6174696c6501a36e7370a12f83a5726f6f6d7392a161a162a66578"
                + "6365707491a163a5666c61677383a8766f6c6174696c65c3a8636f6d7072657373c2a962726f616463617374c3",
            HeardEvent("e", #"[{"volatile":1}]"#, rooms: ["a", "b"], except: ["c"])
        ),
        // PyPI msgpack: a pair without the publisher's id.
        (
            "9283a47479706502a46461746192a2686901a36e7370a12f83a5726f6f6d7390a5666c61677380a665786365707490",
            HeardEvent("hi", "[1]")
        ),
        // PyPI msgpack: integers as rooms.
        (
            "93a7656d697474657283a47479706502a46461746191a178a36e7370a12f83a5726f6f6d739401fbcfffffffffffffffffa172a5666c6167"
                + "7380a665786365707490",
            HeardEvent("x", "[]", rooms: ["1", "-5", "18446744073709551615", "r"])
        ),
    ]
}
