using System.Text.Json;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Engines;

/// <summary>What can go wrong between us and an engine; each has words that say what to do (<c>engine.fault.*</c>).</summary>
public enum EngineFault
{
    /// <summary>Nothing answers there, or it went silent. What is on it is unknown, not gone.</summary>
    Unreachable,

    /// <summary>The socket is there and this program may not use it.</summary>
    NotAllowed,

    /// <summary>The host shows another key than the one that was confirmed: never taken over by itself.</summary>
    HostKeyChanged,

    /// <summary>The host takes neither the key nor the password.</summary>
    LoginRefused,

    /// <summary>The host lets us in, but not to the engine's socket: it is not there, not for us, or must not be forwarded. OpenSSH says no closer.</summary>
    NoSocket,

    /// <summary>There is no <c>ssh</c> on this machine.</summary>
    NoSsh,

    /// <summary>The certificates do not fit: theirs is not of the given authority or name, or ours is not taken.</summary>
    Tls,
    NotAnEngine,

    /// <summary>Another engine than before stands behind its address: what is there is not ours to touch.</summary>
    OtherEngine,
    TooOld,
    TooNew,

    /// <summary>The engine's machine is of another kind than this program.</summary>
    OtherMachine,
    NoSpace,

    /// <summary>Another container has the port.</summary>
    PortTaken,

    /// <summary>A program on the host, none of the engine's, has the port.</summary>
    PortForeign,
    NameTaken,
    NoImage,

    /// <summary>The image did not arrive as it was sent, or its program does not start there.</summary>
    ImageWrong,
    NotFound,

    /// <summary>It is not ours, and we leave it alone.</summary>
    Foreign,

    /// <summary>The engine says no for some other reason.</summary>
    Refused,
}

/// <summary>An engine did not do what it was asked.</summary>
/// <param name="said">What was said there, in its own words; holds no secret of ours.</param>
public sealed class EngineException(EngineFault fault, string said, Exception? inner = null) : Exception($"{fault}: {said}", inner)
{
    private const int MaxSaid = 300;

    public EngineFault Fault => fault;
    public string Said { get; } = said.Length <= MaxSaid ? said : said[..MaxSaid];

    /// <summary>For people.</summary>
    public Message Reason => new("engine.fault." + JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString()), Said);
}
