using System.Net;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Access;

/// <summary>Who may connect. What cannot be decided is denied.</summary>
internal abstract class Admission
{
    /// <summary><c>list</c>, <c>file</c> or <c>url</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether a device may connect: null when it may, else why not. Never throws.</summary>
    public abstract ValueTask<Denial?> Ask(NodeKey key, IPAddress address);
}

/// <summary>A list of keys, or everyone, that can change while the relay runs. Empty at first: nobody.</summary>
internal sealed class AllowList(string kind) : Admission
{
    private volatile Allowed _allowed = new(false, []);

    private sealed record Allowed(bool Everyone, HashSet<NodeKey> Keys);

    public override string Kind => kind;

    public bool Everyone => _allowed.Everyone;

    public int Count => _allowed.Keys.Count;

    public bool Allows(NodeKey key) => _allowed is var now && (now.Everyone || now.Keys.Contains(key));

    /// <summary>Puts another list in force. The hub cuts those whom it leaves out.</summary>
    public void Set(bool everyone, IEnumerable<NodeKey> keys) => _allowed = new Allowed(everyone, [.. keys]);

    public override ValueTask<Denial?> Ask(NodeKey key, IPAddress address) => new(Allows(key) ? null : Denial.Denied);
}
