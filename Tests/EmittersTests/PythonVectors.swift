/// What `RedisManager(write_only=True).emit` of three releases of python-socketio publishes, without its end, which is the same in all.
enum PythonVectors {
    static let end = #", "callback": null, "host_id": "00000000000000000000000000000000"}"#

    static let all: [(text: String, event: HeardEvent)] = [
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": {"a": 1}"#
                + #", "namespace": "/", "room": "room1", "skip_sid": null"#,
            HeardEvent(#"[{"a": 1}]"#, rooms: ["room1"])
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": "text""#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"["text"]"#)
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": null"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("[]")
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": [1, 2]"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("[[1, 2]]")
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": [1, "two"]"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"[[1, "two"]]"#)
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": 1.5"#
                + #", "namespace": "/", "room": ["a", "b"], "skip_sid": ["s1", "s2"]"#,
            HeardEvent("[1.5]", rooms: ["a", "b"], except: ["s1", "s2"])
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "hello", "data": true"#
                + #", "namespace": "/", "room": 7, "skip_sid": "s1""#,
            HeardEvent("[true]", rooms: ["7"], except: ["s1"])
        ),
        // 5.14.0
        (
            #"{"method": "emit", "event": "h\u00e9llo", "data": "\u20ac \ud83d\ude00 \"\\\n""#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("héllo", #"["\u20ac \ud83d\ude00 \"\\\n"]"#)
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": {"a": 1}, "binary": false"#
                + #", "namespace": "/", "room": "room1", "skip_sid": null"#,
            HeardEvent(#"[{"a": 1}]"#, rooms: ["room1"])
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": "text", "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"["text"]"#)
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": null, "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("[]")
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": [1, "two"], "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"[1, "two"]"#)
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": 1.5, "binary": false"#
                + #", "namespace": "/", "room": ["a", "b"], "skip_sid": ["s1", "s2"]"#,
            HeardEvent("[1.5]", rooms: ["a", "b"], except: ["s1", "s2"])
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": true, "binary": false"#
                + #", "namespace": "/", "room": 7, "skip_sid": "s1""#,
            HeardEvent("[true]", rooms: ["7"], except: ["s1"])
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "hello", "data": [{"_placeholder": true, "num": 0}, "AAH/"], "binary": true"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"[{"_placeholder": true, "num": 0}]"#, attachments: [[0, 1, 255]])
        ),
        // 5.14.2
        (
            #"{"method": "emit", "event": "h\u00e9llo", "data": "\u20ac \ud83d\ude00 \"\\\n", "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("héllo", #"["\u20ac \ud83d\ude00 \"\\\n"]"#)
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [{"a": 1}], "binary": false"#
                + #", "namespace": "/", "room": "room1", "skip_sid": null"#,
            HeardEvent(#"[{"a": 1}]"#, rooms: ["room1"])
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": ["text"], "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"["text"]"#)
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [null], "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("[]")
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [[1, 2]], "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("[[1, 2]]")
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [1, "two"], "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"[1, "two"]"#)
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [1.5], "binary": false"#
                + #", "namespace": "/", "room": ["a", "b"], "skip_sid": ["s1", "s2"]"#,
            HeardEvent("[1.5]", rooms: ["a", "b"], except: ["s1", "s2"])
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [true], "binary": false"#
                + #", "namespace": "/", "room": 7, "skip_sid": "s1""#,
            HeardEvent("[true]", rooms: ["7"], except: ["s1"])
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [[{"_placeholder": true, "num": 0}], "AAH/"], "binary": true"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent(#"[{"_placeholder": true, "num": 0}]"#, attachments: [[0, 1, 255]])
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "hello", "data": [[{"a": {"_placeholder": true, "num": 0}, "b": "#
                + #"[{"_placeholder": true, "num": 1}, "x"]}, {"_placeholder": true, "num": 2}], "YWJj", "", "eg=="], "binary": true"#
                + #", "namespace": "/", "room": "r", "skip_sid": null"#,
            HeardEvent(
                #"[{"a": {"_placeholder": true, "num": 0}, "b": "#
                    + #"[{"_placeholder": true, "num": 1}, "x"]}, {"_placeholder": true, "num": 2}]"#,
                rooms: ["r"], attachments: [[97, 98, 99], [], [122]])
        ),
        // 5.15.1
        (
            #"{"method": "emit", "event": "h\u00e9llo", "data": ["\u20ac \ud83d\ude00 \"\\\n"], "binary": false"#
                + #", "namespace": "/", "room": null, "skip_sid": null"#,
            HeardEvent("héllo", #"["\u20ac \ud83d\ude00 \"\\\n"]"#)
        ),
    ]
}
