using Bogus;

namespace Gatehouse.Tests.Support;

/// <summary>Made-up data, the same in every run.</summary>
public static class Fake
{
    public const int Seed = 20260304;

    /// <summary>A source of its own for each test, so that tests that run beside each other do not change each other's data.</summary>
    public static Faker Data(int offset = 0) => new() { Random = new Randomizer(Seed + offset) };
}
