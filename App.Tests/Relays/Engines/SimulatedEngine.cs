using System.Collections.Concurrent;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>A container of a <see cref="SimulatedEngine"/>.</summary>
internal sealed record SimulatedContainer(string Id, string Name, string Image, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<int> Ports, string? Volume)
{
    public string State { get; set; } = "created";
    public ConcurrentDictionary<string, byte[]> Files { get; } = [];
}

/// <summary>An engine that keeps containers, volumes and images as a real one does, and runs nothing: quick enough to be brought into every state, and told to break.</summary>
internal sealed partial class SimulatedEngine : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedContainer> _containers = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _volumes = [];
    private readonly Dictionary<string, string> _images = [];
    private FakeEngine _fake = null!;
    private int _next, _asking;

    /// <summary>Its address, as a server's form has it.</summary>
    public string Url => "unix://" + _fake.Address.Path;

    /// <summary>Ports that programs of its host have.</summary>
    public HashSet<int> Strangers { get; } = [];

    /// <summary>Its disk is full: nothing is made, and no image arrives.</summary>
    public bool IsFull { get; set; }

    /// <summary>It does not answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>Begins what a container runs; false: something else has its port.</summary>
    public Func<SimulatedContainer, Task<bool>> Started { get; set; } = _ => Task.FromResult(true);

    /// <summary>All that was asked.</summary>
    public ConcurrentQueue<string> Asked => _fake.Asked;

    /// <summary>Is something asked just now?</summary>
    public bool IsIdle => Volatile.Read(ref _asking) == 0;

    public static async Task<SimulatedEngine> Start()
    {
        var made = new SimulatedEngine { _fake = await FakeEngine.Start() };
        made._fake.Else = made.Answer;
        return made;
    }

    public IReadOnlyList<SimulatedContainer> Containers
    {
        get
        {
            lock (_gate)
                return [.. _containers.Values.OrderBy(c => c.Name, StringComparer.Ordinal)];
        }
    }

    public IReadOnlyList<string> Volumes
    {
        get
        {
            lock (_gate)
                return [.. _volumes.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public IReadOnlyList<string> Images
    {
        get
        {
            lock (_gate)
                return [.. _images.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Something that is there already, or is changed by hand.</summary>
    public SimulatedContainer Put(string name, string state, Dictionary<string, string> labels, string? volume = null)
    {
        lock (_gate)
        {
            var made = new SimulatedContainer($"id{++_next}", name, "theirs", labels, [], volume) { State = state };
            if (volume is not null)
                _volumes[volume] = labels;
            return _containers[made.Id] = made;
        }
    }

    public void PutVolume(string name, Dictionary<string, string> labels)
    {
        lock (_gate)
            _volumes[name] = labels;
    }

    public void PutImage(string tag, string layer)
    {
        lock (_gate)
            _images[tag] = layer;
    }

    /// <summary>Somebody takes the images away.</summary>
    public void ForgetImages()
    {
        lock (_gate)
            _images.Clear();
    }

    public void Take(SimulatedContainer container)
    {
        lock (_gate)
            _containers.Remove(container.Id);
    }

    public ValueTask DisposeAsync() => _fake.DisposeAsync();
}
