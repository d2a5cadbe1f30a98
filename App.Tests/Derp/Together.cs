namespace Gatehouse.Tests.Derp;

/// <summary>
/// Scenarios that mostly wait, for a deadline of the relay: all begin with the first test that asks for one of them, each test waits
/// for its own, and together they take as long as the longest. None may measure what others beside it could slow down.
/// </summary>
internal sealed class Together(params (string Name, Func<Task> Run)[] scenarios)
{
    private readonly Lazy<Dictionary<string, Task>> _begun = new(() => scenarios.ToDictionary(s => s.Name, s => Task.Run(s.Run)));

    public Task this[string name] => _begun.Value[name];
}
