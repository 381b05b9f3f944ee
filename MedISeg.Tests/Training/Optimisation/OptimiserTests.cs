using MedISeg.Tests.Support;
using MedISeg.Training.Optimisation;

namespace MedISeg.Tests.Training.Optimisation;

public sealed class OptimiserTests
{
    [Fact]
    public void Adam_FiveGoldenSteps_EqualPyTorch() => CheckGolden("optim/adam_params.npy", 3e-4,
        new AdamOptimiser(new OptimiserOptions { Kind = OptimiserKind.Adam, Beta1 = 0.9, Beta2 = 0.99, WeightDecay = 1e-5 }, [10]));

    [Fact]
    public void Sgd_FiveGoldenSteps_EqualPyTorch() => CheckGolden("optim/sgd_params.npy", 0.01,
        new SgdOptimiser(new OptimiserOptions { Kind = OptimiserKind.Sgd, Momentum = 0.9, Nesterov = false, WeightDecay = 1e-4 }, [10]));

    [Fact]
    public void AdamW_FirstStep_ShrinksAndMovesByTheRate()
    {
        float[] weights = [1, -2];
        new AdamOptimiser(new OptimiserOptions { Kind = OptimiserKind.AdamW, WeightDecay = 0.1 }, [2]).Update(0, 1, 0.01, [0.5f, -3], weights);
        Assert.Equal(1 * (1 - 0.001) - 0.01, weights[0], 1e-6);
        Assert.Equal(-2 * (1 - 0.001) + 0.01, weights[1], 1e-6);
    }

    [Fact]
    public void Nesterov_SecondStep_LooksAhead()
    {
        float[] weights = [0];
        SgdOptimiser sgd = new(new OptimiserOptions { Momentum = 0.5, Nesterov = true, WeightDecay = 0 }, [1]);
        sgd.Update(0, 1, 1, [2], weights);
        Assert.Equal(-3, weights[0], 1e-6f);
        sgd.Update(0, 2, 1, [2], weights);
        Assert.Equal(-3 - (2 + 0.5f * 3), weights[0], 1e-6f);
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd, 37)]
    [InlineData(OptimiserKind.Sgd, 8)]
    [InlineData(OptimiserKind.Adam, 37)]
    [InlineData(OptimiserKind.AdamW, 31)]
    public void Update_ManyWeights_EqualsOneByOneToTheBit(OptimiserKind kind, int count)
    {
        OptimiserOptions options = new() { Kind = kind, WeightDecay = 0.01, Momentum = 0.9 };
        IOptimiser Make(IEnumerable<long> counts) => kind == OptimiserKind.Sgd ? new SgdOptimiser(options, counts) : new AdamOptimiser(options, counts);
        IOptimiser together = Make([count]), apart = Make(Enumerable.Repeat(1L, count));
        float[] weights = [.. Enumerable.Range(0, count).Select(n => (float)Math.Sin(n + 1))], single = [.. weights];
        for (int step = 1; step <= 3; step++)
        {
            float[] gradient = [.. Enumerable.Range(0, count).Select(n => (float)Math.Cos(n * step))];
            together.Update(0, step, 0.1, gradient, weights);
            for (int n = 0; n < count; n++) apart.Update(n, step, 0.1, gradient.AsSpan(n, 1), single.AsSpan(n, 1));
        }
        Assert.Equal(single, weights);
        Assert.NotEqual((float)Math.Sin(1), weights[0]);
    }

    [Theory]
    [InlineData(ScheduleKind.Constant, 50, 0.1)]
    [InlineData(ScheduleKind.Cosine, 0, 0.1)]
    [InlineData(ScheduleKind.Cosine, 50, 0.05)]
    [InlineData(ScheduleKind.Cosine, 100, 0.0)]
    [InlineData(ScheduleKind.Poly, 50, 0.05358867)]
    public void RateAt_Schedule_FallsAsItsFormula(ScheduleKind schedule, int step, double expected) =>
        Assert.Equal(expected, new OptimiserOptions { LearningRate = 0.1, Schedule = schedule }.RateAt(step, 100), 1e-7);

    [Fact]
    public void RateAt_CosineByEpoch_EqualsPyTorch()
    {
        double[] expected = NpyFile.Golden("optim/cosine_lr_200.npy").ToDoubles();
        OptimiserOptions options = new() { LearningRate = 3e-4, Schedule = ScheduleKind.Cosine, PerEpoch = true };
        for (int epoch = 0; epoch < 200; epoch++)
            for (int step = 0; step < 3; step++)
                Assert.Equal(expected[epoch], options.RateAt(3 * epoch + step, 600, 3), 1e-15);
        Assert.NotEqual(options.RateAt(30, 600, 3), (options with { PerEpoch = false }).RateAt(31, 600, 3));
    }

    [Fact]
    public void Observe_GoldenValues_LowersTheRateAsPyTorch()
    {
        double[] values = NpyFile.Golden("optim/plateau_val.npy").ToDoubles(), expected = NpyFile.Golden("optim/plateau_lr_after.npy").ToDoubles();
        OptimiserOptions options = new() { LearningRate = 0.01, Schedule = ScheduleKind.Plateau };
        PlateauSchedule plateau = new(options);
        for (int epoch = 0; epoch < values.Length; epoch++)
        {
            plateau.Observe(values[epoch]);
            Assert.Equal(expected[epoch], options.LearningRate * plateau.Factor, 1e-15);
            PlateauSchedule restored = new(options);
            restored.Restore(plateau.Store());
            plateau = restored;
        }
        Assert.Equal(1e-5, options.LearningRate * plateau.Factor, 1e-15);
    }

    [Fact]
    public void Observe_RateNearlyZero_IsLeftAlone()
    {
        PlateauSchedule plateau = new(new OptimiserOptions { LearningRate = 1e-7, PlateauPatience = 0 });
        for (int epoch = 0; epoch < 20; epoch++) plateau.Observe(1);
        // From 1e-7 to 1e-8 is a change of 9e-8; the next would be one of 9e-9.
        Assert.Equal(0.1, plateau.Factor, 1e-12);
    }

    [Fact]
    public void Restore_SomethingElse_IsRefused() =>
        Assert.Throws<MedISeg.Imaging.Errors.SegmentationException>(() => new PlateauSchedule(new OptimiserOptions()).Restore("1 x 0.1"));

    [Fact]
    public void RateAt_Warmup_RisesLinearly()
    {
        OptimiserOptions options = new() { LearningRate = 1, WarmupSteps = 4 };
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(step => options.RateAt(step, 104)));
    }

    private static void CheckGolden(string file, double rate, IOptimiser optimiser)
    {
        float[] states = NpyFile.Golden(file).ToFloats(), gradients = NpyFile.Golden("optim/grads.npy").ToFloats();
        float[] weights = states[..10];
        for (int step = 1; step <= 5; step++)
        {
            optimiser.Update(0, step, rate, gradients.AsSpan((step - 1) * 10, 10), weights);
            for (int n = 0; n < 10; n++) Assert.Equal(states[step * 10 + n], weights[n], 1e-6f);
        }
    }
}
